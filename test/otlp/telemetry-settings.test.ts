import { expect, test } from "vitest";
import { DEFAULT_TELEMETRY, readTelemetry } from "../../src/otel/telemetry-settings.ts";

test("without settings the program traces itself, and stores a tenth", () => {
  expect(readTelemetry({})).toEqual({
    telemetry: { isEnabled: true, serviceName: "spanfold", samplingRate: 0.1 },
    faults: [],
  });
  expect(readTelemetry({ TELEMETRY_ENABLED: " ", TELEMETRY_SAMPLING_RATE: "" }).telemetry).toEqual(DEFAULT_TELEMETRY);
});

test("each setting is read", () => {
  const texts = { TELEMETRY_ENABLED: "FALSE", TELEMETRY_SERVICE_NAME: "edge", TELEMETRY_SAMPLING_RATE: "1" };
  expect(readTelemetry(texts)).toEqual({
    telemetry: { isEnabled: false, serviceName: "edge", samplingRate: 1 },
    faults: [],
  });
  expect(readTelemetry({ TELEMETRY_SAMPLING_RATE: "0" }).telemetry.samplingRate).toBe(0);
});

// spec: OWN-7
test("a wrong value is named, and its default applies", () => {
  const { telemetry, faults } = readTelemetry({
    TELEMETRY_ENABLED: "maybe",
    TELEMETRY_SERVICE_NAME: "s".repeat(101),
    TELEMETRY_SAMPLING_RATE: "10%",
  });
  expect(telemetry).toEqual(DEFAULT_TELEMETRY);
  expect(faults).toEqual([
    'TELEMETRY_ENABLED is "maybe": it must be true or false; true applies',
    `TELEMETRY_SERVICE_NAME is "${"s".repeat(101)}": it must be a name of at most 100 characters; spanfold applies`,
    'TELEMETRY_SAMPLING_RATE is "10%": it must be a number from 0 to 1; 0.1 applies',
  ]);
  for (const rate of ["-0.1", "1.1", "NaN", "Infinity", "0x1z"])
    expect(readTelemetry({ TELEMETRY_SAMPLING_RATE: rate }).faults, rate).toHaveLength(1);
});
