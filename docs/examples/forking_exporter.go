// Package forking sends each span to one more receiver, such as Ark's broker or Spanfold, at no risk to the exporter that a
// program has. Copy it: it needs OpenTelemetry's SDK and its OTLP exporters only.
//
//	exporter, err := otlptracehttp.New(ctx)
//	provider := trace.NewTracerProvider(trace.WithBatcher(forking.Exporter(exporter)))
package forking

import (
	"context"
	"fmt"
	"log"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"go.opentelemetry.io/otel/exporters/otlp/otlptrace"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/trace"
)

const (
	queueSpans = 2048 // as many as the SDK's own queue holds
	batchSpans = 512
	attempts   = 5 // of one batch, before it is dropped
	timeout    = 10 * time.Second
	firstPause = 500 * time.Millisecond
	longest    = 30 * time.Second
	flushTime  = 2 * time.Second // the longest that a shutdown waits for a fork
	reportTime = time.Minute     // between two lines of the log
	tracesPath = "/v1/traces"
)

// Variables that name a receiver each: a URL or host:port. Port 4317 without a path means gRPC.
var Variables = []string{"ARK_BROKER_OTLP_ENDPOINT", "SPANFOLD_ENDPOINT"}

// Exporter returns the primary itself if no variable is set. Else each span also goes to the receivers; the SDK sees the
// primary's results alone.
func Exporter(primary trace.SpanExporter) trace.SpanExporter {
	var forks []*fork
	for _, name := range Variables {
		endpoint := strings.TrimSpace(os.Getenv(name))
		if endpoint == "" {
			continue
		}
		client, label, err := dial(endpoint)
		if err != nil {
			log.Printf("%s: %v; this fork is left out", name, err)
			continue
		}
		forks = append(forks, start(client, label))
	}
	if len(forks) == 0 {
		return primary
	}
	return &forkingExporter{primary, forks}
}

type forkingExporter struct {
	primary trace.SpanExporter
	forks   []*fork
}

func (e *forkingExporter) ExportSpans(ctx context.Context, spans []trace.ReadOnlySpan) error {
	for _, fork := range e.forks {
		fork.offer(spans)
	}
	return e.primary.ExportSpans(ctx, spans)
}

func (e *forkingExporter) Shutdown(ctx context.Context) error {
	var waiting sync.WaitGroup
	for _, fork := range e.forks {
		waiting.Go(fork.shutdown)
	}
	err := e.primary.Shutdown(ctx)
	waiting.Wait()
	return err
}

// dial makes a client; it connects at the first export. The label has no credentials.
func dial(endpoint string) (otlptrace.Client, string, error) {
	if !strings.Contains(endpoint, "://") {
		endpoint = "http://" + endpoint
	}
	parsed, err := url.Parse(endpoint)
	if err != nil || parsed.Hostname() == "" || (parsed.Scheme != "http" && parsed.Scheme != "https") {
		return nil, "", fmt.Errorf("neither an http(s) URL nor host:port")
	}
	path := strings.TrimRight(parsed.Path, "/")
	// The fork retries by itself: an exporter that did would hold a shutdown. Headers of the primary, from OTEL_EXPORTER_OTLP_HEADERS,
	// must not reach another receiver.
	if parsed.Port() == "4317" && path == "" {
		options := []otlptracegrpc.Option{
			otlptracegrpc.WithEndpointURL(endpoint),
			otlptracegrpc.WithHeaders(map[string]string{}),
			otlptracegrpc.WithTimeout(timeout),
			otlptracegrpc.WithRetry(otlptracegrpc.RetryConfig{Enabled: false}),
		}
		return otlptracegrpc.NewClient(options...), parsed.Scheme + "://" + parsed.Host, nil
	}
	if !strings.HasSuffix(path, tracesPath) {
		path += tracesPath
	}
	parsed.Path = path
	options := []otlptracehttp.Option{
		otlptracehttp.WithEndpointURL(parsed.String()),
		otlptracehttp.WithHeaders(map[string]string{}),
		otlptracehttp.WithTimeout(timeout),
		otlptracehttp.WithRetry(otlptracehttp.RetryConfig{Enabled: false}),
	}
	return otlptracehttp.NewClient(options...), parsed.Scheme + "://" + parsed.Host + path, nil
}

// fork sends spans in a goroutine of its own. What does not fit into its queue displaces the oldest.
type fork struct {
	label    string
	exporter *otlptrace.Exporter
	wake     chan struct{} // holds one: there is work
	end      chan struct{} // closed at shutdown
	ended    chan struct{} // closed by the goroutine
	attempt  context.Context
	abort    context.CancelFunc

	mutex    sync.Mutex
	queue    []trace.ReadOnlySpan
	dropped  int
	lastLine time.Time
}

func start(client otlptrace.Client, label string) *fork {
	attempt, abort := context.WithCancel(context.Background())
	f := &fork{
		label:    label,
		exporter: otlptrace.NewUnstarted(client),
		wake:     make(chan struct{}, 1),
		end:      make(chan struct{}),
		ended:    make(chan struct{}),
		attempt:  attempt,
		abort:    abort,
	}
	go f.run()
	return f
}

func (f *fork) offer(spans []trace.ReadOnlySpan) {
	f.mutex.Lock()
	f.queue = append(f.queue, spans...)
	over := len(f.queue) - queueSpans
	if over > 0 {
		f.queue = append([]trace.ReadOnlySpan(nil), f.queue[over:]...)
	}
	f.mutex.Unlock()
	if over > 0 {
		f.report(over, "the queue is full")
	}
	select {
	case f.wake <- struct{}{}:
	default:
	}
}

func (f *fork) run() {
	defer close(f.ended)
	if err := f.exporter.Start(f.attempt); err != nil {
		f.report(0, err.Error())
	}
	failures := 0
	for {
		select {
		case <-f.wake:
		case <-f.end:
			// The last batches, as far as the shutdown's time goes.
			for failures == 0 && f.send(&failures) {
			}
			return
		}
		for f.send(&failures) {
			if failures == 0 {
				continue
			}
			select {
			case <-time.After(min(longest, firstPause<<(failures-1))):
			case <-f.end:
			}
			if f.isEnding() {
				return
			}
		}
	}
}

// send exports one batch; false if there is none.
func (f *fork) send(failures *int) bool {
	f.mutex.Lock()
	size := min(batchSpans, len(f.queue))
	batch := f.queue[:size:size]
	f.queue = f.queue[size:]
	f.mutex.Unlock()
	if size == 0 {
		return false
	}
	attempt, cancel := context.WithTimeout(f.attempt, timeout)
	defer cancel()
	err := f.exporter.ExportSpans(attempt, batch)
	if err == nil {
		*failures = 0
		return true
	}
	*failures++
	if *failures%attempts == 0 {
		f.report(size, err.Error())
		return true
	}
	f.mutex.Lock()
	room := min(size, queueSpans-len(f.queue))
	f.queue = append(batch[size-room:len(batch):len(batch)], f.queue...)
	f.mutex.Unlock()
	f.report(size-room, err.Error())
	return true
}

func (f *fork) isEnding() bool {
	select {
	case <-f.end:
		return true
	default:
		return false
	}
}

// report counts what was dropped, and writes a line a minute at most.
func (f *fork) report(dropped int, reason string) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	f.dropped += dropped
	if time.Since(f.lastLine) >= reportTime {
		f.write(reason)
	}
}

func (f *fork) write(reason string) {
	log.Printf("%s: %s; %d spans dropped, %d waiting", f.label, reason, f.dropped, len(f.queue))
	f.dropped = 0
	f.lastLine = time.Now()
}

func (f *fork) shutdown() {
	close(f.end)
	select {
	case <-f.ended:
	case <-time.After(flushTime):
		f.abort()
		<-f.ended
	}
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if lost := len(f.queue); lost+f.dropped > 0 {
		f.dropped += lost
		f.queue = nil
		f.write("shut down before all was sent")
	}
	_ = f.exporter.Shutdown(f.attempt)
	f.abort()
}
