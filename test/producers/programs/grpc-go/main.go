// Exports a trace of two spans over gRPC: nothing is set but the endpoint, in the environment.
package main

import (
	"context"
	"log"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	sdk "go.opentelemetry.io/otel/sdk/trace"
)

func main() {
	ctx := context.Background()
	exporter, err := otlptracegrpc.New(ctx)
	if err != nil {
		log.Fatal(err)
	}
	provider := sdk.NewTracerProvider(sdk.WithBatcher(exporter))
	tracer := provider.Tracer("weather")
	named := attribute.String("session.id", "go over grpc")
	ctx, agent := tracer.Start(ctx, "invoke_agent forecaster")
	agent.SetAttributes(named, attribute.String("gen_ai.agent.name", "forecaster"))
	_, tool := tracer.Start(ctx, "execute_tool get_weather")
	tool.SetAttributes(attribute.String("gen_ai.tool.name", "get_weather"))
	tool.End()
	agent.End()
	if err := provider.Shutdown(context.Background()); err != nil {
		log.Fatal(err)
	}
}
