import { crc32, deflateSync } from "node:zlib";

const WIDTH = 280;
const HEIGHT = 120;
/** Pixels around the plot. */
const MARGIN = 12;
/** Pixels above and below the line that belong to it. */
const STROKE = 1.5;

/** Indexes of PALETTE. */
const INK = { paper: 0, grid: 1, line: 2, limit: 3 } as const;
const PALETTE = [0xfc_fc_fd, 0xe4_e7_eb, 0x2f_6f_ed, 0xd6_45_45];

/** A line chart as PNG, such as a tool of a monitoring system returns; `limit` is drawn as a dashed line. */
export function chart(values: readonly number[], limit: number): Uint8Array {
  const top = Math.max(limit, ...values) * 1.1;
  const yOf = (value: number) => HEIGHT - MARGIN - (value / top) * (HEIGHT - 2 * MARGIN);
  const ys = Array.from({ length: WIDTH }, (_, x) => yOf(valueAt(values, (x - MARGIN) / (WIDTH - 2 * MARGIN))));
  // Each row of pixels begins with its filter: none.
  const rows = Array.from({ length: HEIGHT }, (_, y) => [0, ...ys.map((_y, x) => inkAt(x, y))]);
  return png(Uint8Array.from(rows.flat()));

  function inkAt(x: number, y: number): number {
    if (x < MARGIN || x >= WIDTH - MARGIN) return INK.paper;
    const [from, to] = [ys[x - 1] ?? 0, ys[x] ?? 0].toSorted((a, b) => a - b);
    if (from !== undefined && to !== undefined && y >= from - STROKE && y <= to + STROKE) return INK.line;
    if (Math.round(yOf(limit)) === y && x % 8 < 5) return INK.limit;
    return (HEIGHT - MARGIN - y) % 24 === 0 ? INK.grid : INK.paper;
  }
}

/** `at`: 0 at the first value, 1 at the last; between two values a straight line. */
function valueAt(values: readonly number[], at: number): number {
  const position = Math.min(1, Math.max(0, at)) * (values.length - 1);
  const [before = 0, after = before] = values.slice(Math.floor(position));
  return before + (after - before) * (position % 1);
}

function png(scanlines: Uint8Array): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(WIDTH, 0);
  header.writeUInt32BE(HEIGHT, 4);
  // Eight bits a pixel, colours from a palette.
  header.set([8, 3, 0, 0, 0], 8);
  const colours = Uint8Array.from(PALETTE.flatMap((colour) => [colour >> 16, (colour >> 8) & 255, colour & 255]));
  return Buffer.concat([
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk("IHDR", header),
    chunk("PLTE", colours),
    chunk("IDAT", deflateSync(scanlines, { level: 9 })),
    chunk("IEND", new Uint8Array()),
  ]);
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  framed.set(body, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}
