/** The variables of a deployment for the program's own traces. */
export const TELEMETRY_SETTINGS = ["TELEMETRY_ENABLED", "TELEMETRY_SERVICE_NAME", "TELEMETRY_SAMPLING_RATE"] as const;

export type TelemetryTexts = { readonly [Name in (typeof TELEMETRY_SETTINGS)[number]]?: string | undefined };

export type Telemetry = {
  /** `false`: requests are not traced, and answers carry no `traceresponse`. */
  readonly isEnabled: boolean;
  readonly serviceName: string;
  /** Share of the traces that are stored, 0 to 1. */
  readonly samplingRate: number;
};

export const DEFAULT_TELEMETRY: Telemetry = { isEnabled: true, serviceName: "spanfold", samplingRate: 0.1 };

const SWITCH: ReadonlyMap<string, boolean> = new Map([
  ["true", true],
  ["false", false],
]);

/** Characters: the name stands in the name of each session of the program's own traces. */
const MOST_NAME = 100;

/** The settings, with the default of each that is wrong, and the faults: English, each names its variable. */
export function readTelemetry(texts: TelemetryTexts): {
  readonly telemetry: Telemetry;
  readonly faults: readonly string[];
} {
  const faults: string[] = [];
  const read = <Value>(
    name: keyof TelemetryTexts,
    otherwise: Value,
    parse: (text: string) => Value | undefined,
    must: string,
  ) => {
    const text = texts[name]?.trim() ?? "";
    if (text === "") return otherwise;
    const value = parse(text);
    if (value !== undefined) return value;
    faults.push(`${name} is "${text}": it must be ${must}; ${String(otherwise)} applies`);
    return otherwise;
  };
  const telemetry = {
    isEnabled: read(
      "TELEMETRY_ENABLED",
      DEFAULT_TELEMETRY.isEnabled,
      (text) => SWITCH.get(text.toLowerCase()),
      "true or false",
    ),
    serviceName: read(
      "TELEMETRY_SERVICE_NAME",
      DEFAULT_TELEMETRY.serviceName,
      (text) => (text.length <= MOST_NAME ? text : undefined),
      `a name of at most ${MOST_NAME} characters`,
    ),
    samplingRate: read("TELEMETRY_SAMPLING_RATE", DEFAULT_TELEMETRY.samplingRate, shareIn, "a number from 0 to 1"),
  };
  return { telemetry, faults };
}

function shareIn(text: string): number | undefined {
  const share = Number(text);
  return share >= 0 && share <= 1 ? share : undefined;
}
