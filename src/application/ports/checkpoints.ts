/** How far each process has read: kept beside the read models, moved only after all steps of what was read are done. */
export interface ProcessCheckpoints {
  /** `undefined`: this process never ran. */
  load(name: string): Promise<bigint | undefined>;
  save(name: string, position: bigint): Promise<void>;
}
