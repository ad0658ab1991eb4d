/**
 * The time that goes by in a running system. It is the machine's, but while a demonstration tells what happened in weeks gone by: then it stands
 * where the story is, for everything that happens here meanwhile, so that what follows from a command follows at its time.
 */
const machine = (): string => new Date().toISOString();

export class Timepiece {
  #happens: string | undefined;

  /** When what happens now happens: the clock of commands and processes. ISO 8601 UTC with milliseconds. */
  readonly now = (): string => this.#happens ?? machine();

  /** Whether somebody else moves the time: then it is for them to say when something falls due. */
  get stands(): boolean {
    return this.#happens !== undefined;
  }
  /** It stands still here until told otherwise. */
  standAt(happens: string): void {
    this.#happens = happens;
  }
  /** It is at least so late by now. */
  passTo(happens: string): void {
    if (this.#happens !== undefined && this.#happens < happens) this.#happens = happens;
  }
  /** From now on it is the machine's time again. */
  letRun(): void {
    this.#happens = undefined;
  }
}
