/**
 * The time that goes by in a running system. It is the machine's, but while a demonstration tells what happened in weeks gone by: then it stands
 * where the story is, for everything that happens here meanwhile, so that what follows from a command follows at its time.
 */
const machine = (): string => new Date().toISOString();

export class Timepiece {
  #happens: string | undefined;
  #due: string | undefined;

  /** When what happens now happens: the clock of commands and processes. ISO 8601 UTC with milliseconds. */
  readonly now = (): string => this.#happens ?? machine();
  /** What is due up to here is done: behind `now` while a story's hour is told, so that nothing runs out in the middle of it. */
  readonly due = (): string => this.#due ?? machine();

  /** Both stand still here until told otherwise. */
  standAt(happens: string, due: string): void {
    this.#happens = happens;
    this.#due = due;
  }
  /** It is at least so late by now. */
  passTo(happens: string): void {
    if (this.#happens !== undefined && this.#happens < happens) this.#happens = happens;
  }
  /** From now on it is the machine's time again. */
  letRun(): void {
    this.#happens = undefined;
    this.#due = undefined;
  }
}
