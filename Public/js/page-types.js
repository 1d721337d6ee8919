/**
 * Types of the page derived from the server's responses, for type checking only: the page never loads this file.
 *
 * @typedef {Status | GuestStatus} ServerStatus
 *
 * @typedef {Model["hyperparameters"][number]} Hyperparameter
 *
 * @typedef {Pick<Run, "id" | "state" | "step" | "steps"> & Partial<Run>} RunChange what an event says of a run: everything that can change
 *
 * @typedef {SampleGrid & {run: string}} SampleOfRun
 *
 * @typedef {StudyResults["models"][number]} ModelResults
 * @typedef {ModelResults["runs"][number]} RunResults
 *
 * @typedef {Pick<Verification, "state" | "original" | "rerun"> & Partial<Verification>} Verdict on a rerun, or that there is none yet
 *
 * @typedef {NonNullable<Lab["live"]>} LabLive
 * @typedef {{lab: string, branch?: string, step?: number, frame?: number, state?: LabLive["state"] | "stopped" | "removed" | "branched", reason?: string | null}} LabEvent what a lab does
 *
 * @typedef {object} EventHandlers by the event's name
 * @property {() => void} resync called when events may have been missed
 * @property {(change: RunChange) => void} [run]
 * @property {(table: MetricTable) => void} [metrics]
 * @property {(evaluation: Evaluation) => void} [evaluation]
 * @property {(sample: SampleOfRun) => void} [samples]
 * @property {(checkpoint: Checkpoint) => void} [checkpoint]
 * @property {(study: Study) => void} [study]
 * @property {(job: EvaluationJob) => void} [evaluation_job]
 * @property {(event: NotebookEvent) => void} [notebook]
 * @property {(presence: Presence) => void} [presence]
 * @property {(event: {notebook: string, cells: string[]}) => void} [outputs]
 * @property {(event: {notebook: string, cell: string, elapsed: number, doing?: string, fraction?: number, remaining_seconds?: number}) => void} [update] how far the update of a cell is
 * @property {(event: {notebook: string}) => void} [comments]
 * @property {(event: {notebook: string, number: number, state: string, verdict: string | null}) => void} [proof]
 * @property {(event: LabEvent) => void} [lab]
 */
