/**
 * A stream of the values that an iterator gives, one for each read: a reader that stops reading stops the iterator.
 * `cancel` runs when the reader cancels; without it the iterator ends.
 */
export function streamOf<Value>(
  values: AsyncIterator<Value, void>,
  cancel: (reason: unknown) => unknown = async () => await values.return?.(),
): ReadableStream<Value> {
  return new ReadableStream<Value>(
    {
      async pull(controller) {
        const { value, done } = await values.next();
        if (done === true) controller.close();
        else controller.enqueue(value);
      },
      async cancel(reason) {
        await cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}
