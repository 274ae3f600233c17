// Makes spans with Go's SDK and the forking exporter of the docs. Arguments: how many spans, and what is said first.
package main

import (
	"context"
	"fmt"
	"os"
	"strconv"

	"example.test/program/forking"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/trace"
)

func main() {
	ctx := context.Background()
	primary, err := otlptracehttp.New(ctx)
	if err != nil {
		panic(err)
	}
	exporter := forking.Exporter(primary)
	fmt.Printf("same %t\n", exporter == trace.SpanExporter(primary))
	provider := trace.NewTracerProvider(trace.WithBatcher(exporter, trace.WithMaxQueueSize(100_000)))
	count, _ := strconv.Atoi(os.Args[1])
	tracer := provider.Tracer("program")
	for n := range count {
		_, span := tracer.Start(ctx, fmt.Sprintf("s%d", n))
		span.End()
	}
	if err := provider.Shutdown(ctx); err != nil {
		fmt.Println("failed", err)
	}
	fmt.Println("done")
}
