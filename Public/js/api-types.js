/**
 * What the server answers, for the checker of types alone: the page never loads this file. Being no module, it makes its types known in all.
 * Written from the API's schemas by the tests; what is changed here by hand is found by them.
 *
 * @typedef {{member: Member, sessions: Array<Session>, tokens: Array<Token>}} Account
 *
 * @typedef {{compared: number, original: string | null, problem: string | null, rerun: string | null, step: number | null, tensor: {differing: number, elements: number, index: Array<number> | null, name: string, original: string | null, rerun: string | null} | null, tensors: Array<string>}} ArchiveDifference
 *
 * @typedef {{digest: string | null, problem: string | null, tensors: Array<{digest: string, name: string}>}} ArchiveDigests
 *
 * @typedef {{ended: number | null, executor: string, job: string | null, node: string | null, number: number, provenance: Record<string, any> | null, reason: string, started: number | null, state: "submitting" | "pending" | "running" | "ended" | "refused" | "lost", submitted: number, threads: number}} Attempt
 *
 * @typedef {{entries: Array<{action: string, actor: string, address: string, detail: string, member: string | null, number: number, target: string, time: number, via: string}>, next_page_token: string | null, total: number}} AuditPage
 *
 * @typedef {{address: string | null, changes: Array<string>, expressions: Array<Record<string, any>>, forms: Array<{bytes: number, digest: string, name: string, type: string, url: string}>, html: string, missing: Array<string>, problem: string | null, rests_on: Array<string>, shown_at: number | null, state: "none" | "fresh" | "stale" | "edited" | "failed" | "running" | "unchecked", update?: {asked: number, author: string, doing?: string, elapsed: number, fraction?: number, remaining_seconds?: number, state: "queued" | "running", waits_for?: string}}} CellOutput
 *
 * @typedef {{outputs: Record<string, CellOutput>}} CellOutputs
 *
 * @typedef {{best?: boolean, bytes: number, created: number, deleted?: boolean, digest: string, final: boolean, metrics: Record<string, number | null>, step: number, url: string}} Checkpoint
 *
 * @typedef {{checkpoints: Array<ListedCheckpoint>, next_page_token: string | null, total: number}} CheckpointPage
 *
 * @typedef {{differences: Array<string>, direction: "minimise" | "maximise", figures: Array<{name: string, title: string}>, groups: Array<{collapsed: number, ended: number, failures: number, model: string, runs: number, study: string | null, study_name: string, title: string, unmeasured: number}>, measured: Array<string>, metric: string, mixed: boolean, objective: Objective, protocols: Array<MetricMeaning>, selection: "best" | "final"}} Comparison
 *
 * @typedef {{bytes: number | null, channels: number, class_names: Array<string> | null, classes: number, digest: string | null, downloadable: boolean, encoder: string, encoder_dataset: string | null, encoders: Array<string>, flips: boolean, height: number, images: number, kind: string, left_out: Array<{count: number, what: string}>, low_resolution: {kernel: string, scale: number} | null, made_by_program: boolean, message: string | null, modes: {centres: Array<Array<number>>, deviation: number} | null, name: string, notes: Array<string>, ready: boolean, source: string | null, splits: Record<string, number>, summary: string, title: string, width: number, windows: {height: number, whole: boolean, width: number} | null}} Dataset
 *
 * @typedef {{actor: string, bytes: number, deleted: number, expires: number, id: string, kind: "run" | "study" | "checkpoint" | "checkpoints" | "dataset", number: number, title: string}} Deletion
 *
 * @typedef {{bytes: number, checkpoints: number, links: number, notebooks: number, reruns: number, runs: number, title: string}} DeletionPreview
 *
 * @typedef {{studies: Array<{bytes: number, checkpoints: number, name: string, runs: number, study: string | null}>}} DiskUse
 *
 * @typedef {{direction: "minimise" | "maximise", interval_method: string | null, metric: string, models: Array<{box: {lower_quartile: number | null, maximum: number | null, median: number | null, minimum: number | null, upper_quartile: number | null} | null, failures: number, interval: Array<number | null> | null, model: string, n: number, runs: Array<{collapsed: boolean, outcome: RunOutcome | null, problem: string | null, run: string, seed: number, setting: number, state: RunState, step: number | null, value: number | null}>, title: string}>, protocol: MetricMeaning | null, scale: "linear" | "logarithmic", selection: string, title: string}} DistributionFigure
 *
 * @typedef {{ended: {sessions: number, shares: number, tokens: number}}} EndedAccess
 *
 * @typedef {{encoder: string, encoder_digest: string, evaluation_job: string | null, metric: string, primary: boolean, problem: string | null, protocol: string, reference_split: string, samples: number, step: number, value: number | null}} Evaluation
 *
 * @typedef {{attempts?: Array<Attempt>, cancelling: boolean, checkpoint: string, created: number, evaluation: {encoder?: string, metrics?: Array<"bits_per_dimension" | "density_coverage" | "diversity" | "fid" | "fid_extrapolated" | "improved_precision_recall" | "is" | "is_10" | "kid" | "lpips" | "lr_psnr" | "manifold" | "memorisation" | "modes" | "parzen" | "prd" | "psnr" | "psnr_y" | "restoration" | "ssim" | "ssim_uniform">, options?: {bits_per_dimension?: {draws?: number}, density_coverage?: {k?: number}, diversity?: {draws?: number, samples?: number, temperature?: number}, fid?: {}, fid_extrapolated?: {}, improved_precision_recall?: {k?: number}, is?: {}, is_10?: {}, kid?: {maximum_block?: number}, lpips?: {temperature?: number}, lr_psnr?: {temperature?: number}, manifold?: {inversion_bound?: number, inversion_rate?: number, inversion_restarts?: number, inversion_steps?: number, manifold_dense?: number, manifold_first_step?: number, manifold_last_step?: number, manifold_restarts?: number, samples?: number, threshold?: number}, memorisation?: {}, modes?: {radius?: number, samples?: number}, parzen?: {bandwidths?: number, greatest_bandwidth?: number, least_bandwidth?: number, validation_samples?: number}, prd?: {angles?: number, beta?: number, clusterings?: number, clusters?: number, starts?: number}, psnr?: {border?: number, temperature?: number}, psnr_y?: {border?: number, temperature?: number}, restoration?: {samples?: number, temperature?: number}, ssim?: {border?: number, temperature?: number}, ssim_uniform?: {border?: number, temperature?: number}}, reference_split?: string, samples?: number}, finished: number | null, id: string, images: number, images_total: number | null, kernels: string | null, message: string, outcome: RunOutcome | null, phase: {fraction: number | null, name: string} | null, program: string | null, rate: number | null, remaining_seconds: number | null, restarts: number, run: string, started: number | null, state: RunState, step: number, study: string | null, threads: number | null, values?: Array<Evaluation>}} EvaluationJob
 *
 * @typedef {{evaluations: Array<EvaluationJob>, next_page_token: string | null}} EvaluationList
 *
 * @typedef {{digest: string, encoder: string, encoder_digest: string, metrics: Array<string>, protocol: Record<string, any> | null}} EvaluationProtocol
 *
 * @typedef {{evaluations: Array<EvaluationJob>, list: string | null, queued: number, skipped: Array<{reason: string, run: string}>, skipped_total: number, total: number}} EvaluationsQueued
 *
 * @typedef {{draws: number | null, name: "fid-floor" | "dropped-modes" | "encoder-agreement" | "replay" | "disturbances" | "optimal-discriminator" | "divergence-fits" | "parzen-bandwidth" | "parzen-patches" | "saturation" | "weight-clipping" | "mode-collapse", needs_dataset: boolean, options: Array<"dataset" | "foreign" | "second_encoder" | "draws" | "samples" | "seed">, title: string}} Experiment
 *
 * @typedef {{imported: Array<{classes: number, digest: string, dimension: number, encoder: string, file: string | null, file_sha256: string | null, format: string | null, license: string, name: string, network: string, network_digest: string, output: string, title: string}>, known: Array<{license: string, name: string, network_digest: string, output: string, resize: string, source: string, title: string}>, references: Array<{digest: string, dimension: number, file: string | null, name: string, network: string, samples: number | null}>}} Extractors
 *
 * @typedef {{files: Array<{digest: string, found: string | null, kind: "checkpoint" | "samples", problem: string | null, state: "intact" | "damaged" | "missing" | "deleted", step: number, tensor: string | null}>}} FileChecks
 *
 * @typedef {{numerics: number, time: number, user: {member: string | null, name: string, role: "guest"}, version: string}} GuestStatus
 *
 * @typedef {{actor: string | null, reason: string, scope: "run" | "study" | "member" | "queue", state: RunState, time: number}} HistoryEntry
 *
 * @typedef {{added: Array<string>, archives: number, bundle: string, evaluations: number, kind: "run" | "study" | "notebook", notebook: string | null, present: Array<string>, subject: string, title: string}} ImportReport
 *
 * @typedef {{member?: Member, path: string, url: string}} Invitation
 *
 * @typedef {{kept: boolean, run: string, step: number}} KeptCheckpoint
 *
 * @typedef {{branches: Array<LabBranch>, id: string, live: {branch?: string, reason?: string | null, state: "positioning" | "playing" | "advancing" | "paused", step?: number} | null}} Lab
 *
 * @typedef {{branch?: LabBranch, live: {branch?: string, reason?: string | null, state: "positioning" | "playing" | "advancing" | "paused", step?: number} | null}} LabActionResult
 *
 * @typedef {{id: string, parent: string | null, recorded: Array<number>, specification: LabSpecification, start: number}} LabBranch
 *
 * @typedef {{distributions: Array<string>, labs: Array<{branches: number, distribution: string, id: string, is_live: boolean, model: string}>, models: Array<string>, standard: LabSpecification}} LabList
 *
 * @typedef {Record<string, any>} LabSpecification
 *
 * @typedef {{runs: Record<string, Labels>, studies: Record<string, Labels>}} LabelAnswer
 *
 * @typedef {{name: string, note: string, starred: boolean, tags: Array<string>}} Labels
 *
 * @typedef {{channels: number, deviation: number | null, height: number, mean: number | null, normalized_deviation: number | null, normalized_mean: number | null, width: number}} LatentMoments
 *
 * @typedef {{best?: boolean, bytes: number, created: number, dataset: string, deleted?: boolean, digest: string, final: boolean, metrics: Record<string, number | null>, model: string, run: string, seed: number, step: number, study: string | null, url: string}} ListedCheckpoint
 *
 * @typedef {{cells: number, changed: number, changed_by: string, created: number, creator: string, deleted: number | null, id: string, sequence: number, title: string}} ListedNotebook
 *
 * @typedef {{asked: {runs: number | null, seed: number, threads: number | null}, author: string, cell_verdicts: {different: number, identical: number, "no-verdict": number, "not-cited": number}, chosen_runs: number, cited_runs: number, command: string, created: number, finished: number | null, first_difference: {cell: string | null, kind: "metrics" | "samples" | "checkpoint" | "evaluation" | "outcome" | "final" | "tensor" | "archive" | "form" | "value" | "html" | "stored" | "results", name: string | null, original: string | null, repeated: string | null, run: string | null, step: number | null, words: string} | null, hosts: Array<string>, kernels: Array<string>, notebook: string, number: number, problem: string | null, programs: Array<string>, reruns: number, revision: string, run_verdicts: {different: number, identical: number, "no-verdict": number, "not-cited": number}, state: "reading" | "rerunning" | "evaluating" | "concluding" | "cancelling" | "done" | "cancelled", summary: string, threads: Array<number>, verdict: "identical" | "different" | "no-verdict" | "not-cited" | null}} ListedProof
 *
 * @typedef {{step: number, value: number | null}} Measured
 *
 * @typedef {{created: number, has_password: boolean, id: string, joined: number | null, name: string, role: "viewer" | "editor" | "owner", sessions: number, tokens: number}} Member
 *
 * @typedef {{default: boolean, name: string, options: Array<{default: number | boolean | string, description: string, kind: "real" | "integer" | "bool" | "text", maximum: number | null, minimum: number | null, name: string, scale: "linear" | "log", values?: Array<any>}>, title: string, values: Array<{caution: string | null, digits: number, direction: "minimise" | "maximise", label: string, name: string, title: string, unit: string | null}>, when: "every" | "final"}} Metric
 *
 * @typedef {{digest: string, encoder: string, encoder_digest: string, reference_split: string, samples: number}} MetricMeaning
 *
 * @typedef {{points: number, series: Record<string, Array<number | null>>, shown: number, step: Array<number>}} MetricTable
 *
 * @typedef {{architectures: Array<string>, condition: string | null, description: string, hyperparameters: Array<{default: number | boolean | string, description: string, kind: "real" | "integer" | "bool" | "text", maximum: number | null, minimum: number | null, name: string, scale: "linear" | "log", values?: Array<any>}>, metrics: Array<string>, name: string, title: string}} Model
 *
 * @typedef {{description: string, ending: string, name: string, title: string}} NamedPlan
 *
 * @typedef {{checkpoint: string, dataset: string, dataset_digest: string, digest: string, encoder: string | null, encoder_digest: string | null, height: number, held_out: {greatest: number, images: number, least: number, median: number, split: string} | null, images: number, model: string, png: string, samples: Array<{neighbors: Array<{distance: number, index: number, label: number | null}>, sample: number | null}>, space: "pixels" | "features", split: string, step: number, width: number}} Neighbors
 *
 * @typedef {{created: number, digest: string, expires: number, id: string, kind: "run" | "study" | "comparison" | "view" | "notebook", last_used: number | null, live: boolean, maker: string, note: string, path: string, revoked: number | null, target: string | Array<string>, url: string, uses: number, view: Record<string, any> | null}} NewShare
 *
 * @typedef {{created: number, expires: number | null, id: string, last_used: number | null, name: string, scope: "read" | "write" | "admin", secret: string}} NewToken
 *
 * @typedef {{ended: number | null, evaluations: number | null, runs: number | null}} Newer
 *
 * @typedef {{rerun: string | null, state: "none"}} NoVerification
 *
 * @typedef {{cells: Array<NotebookCell>, changed: number, changed_by: string, created: number, digest: string, id: string, left_out?: Array<string>, revision: NotebookRevision | null, sequence: number, title: string, title_drafts: Array<NotebookDraft>, title_revision: number}} Notebook
 *
 * @typedef {{attributes: Record<string, string>, delete_request: {author: string, time: number | null} | null, drafts: Array<NotebookDraft>, id: string, kind: string, problem: string | null, revision: number, source: string}} NotebookCell
 *
 * @typedef {{author: string, cell: string, number: number, resolved: number | null, resolver: string | null, revision: string | null, text: string, time: number}} NotebookComment
 *
 * @typedef {{comments: Array<NotebookComment>}} NotebookComments
 *
 * @typedef {{document: Record<string, any>, from: string, outputs: Array<{cell: string, from: string | null, to: string | null}>, to: string | null}} NotebookDifference
 *
 * @typedef {{author: string, id: number, source: string, time: number | null}} NotebookDraft
 *
 * @typedef {{notebooks: Array<ListedNotebook>}} NotebookList
 *
 * @typedef {{operations: Array<{author: string, client: string, counter: number, operation: Record<string, any>, result: "applied" | "merged" | "conflict", sequence: number, source: string | null, time: number}>, sequence: number}} NotebookLog
 *
 * @typedef {{results: Array<{cell: string | null, draft: number | null, reason: string | null, result: "applied" | "merged" | "conflict" | "refused", revision: number | null, source: string | null}>, sequence: number}} NotebookResults
 *
 * @typedef {{author: string, cells: number, digest: string, name: string | null, parent: string | null, sequence: number, time: number}} NotebookRevision
 *
 * @typedef {{author: string, cells: Array<{attributes: Record<string, string>, id: string, kind: string, problem: string | null, source: string}>, digest: string, id: string, name: string | null, newer: boolean, outputs: Record<string, CellOutput>, parent: string | null, sequence: number, time: number, title: string}} NotebookRevisionDocument
 *
 * @typedef {{revisions: Array<NotebookRevision>}} NotebookRevisions
 *
 * @typedef {{direction: "minimise" | "maximise", metric: string}} Objective
 *
 * @typedef {{cancelled: number, collapsed: number, diverged: number, done: number, failed: number, timed_out: number}} OutcomeCounts
 *
 * @typedef {{batch_size?: number, checkpoint_every?: number, dataset: string | {digest?: string, name: string}, evaluation?: {encoder?: string, every?: number, metrics?: Array<"bits_per_dimension" | "density_coverage" | "diversity" | "fid" | "fid_extrapolated" | "improved_precision_recall" | "is" | "is_10" | "kid" | "lpips" | "lr_psnr" | "manifold" | "memorisation" | "modes" | "parzen" | "prd" | "psnr" | "psnr_y" | "restoration" | "ssim" | "ssim_uniform">, options?: {bits_per_dimension?: {draws?: number}, density_coverage?: {k?: number}, diversity?: {draws?: number, samples?: number, temperature?: number}, fid?: {}, fid_extrapolated?: {}, improved_precision_recall?: {k?: number}, is?: {}, is_10?: {}, kid?: {maximum_block?: number}, lpips?: {temperature?: number}, lr_psnr?: {temperature?: number}, manifold?: {inversion_bound?: number, inversion_rate?: number, inversion_restarts?: number, inversion_steps?: number, manifold_dense?: number, manifold_first_step?: number, manifold_last_step?: number, manifold_restarts?: number, samples?: number, threshold?: number}, memorisation?: {}, modes?: {radius?: number, samples?: number}, parzen?: {bandwidths?: number, greatest_bandwidth?: number, least_bandwidth?: number, validation_samples?: number}, prd?: {angles?: number, beta?: number, clusterings?: number, clusters?: number, starts?: number}, psnr?: {border?: number, temperature?: number}, psnr_y?: {border?: number, temperature?: number}, restoration?: {samples?: number, temperature?: number}, ssim?: {border?: number, temperature?: number}, ssim_uniform?: {border?: number, temperature?: number}}, reference_split?: string, samples?: number}, grid?: Record<string, Array<any>>, hyperparameters?: Record<string, Record<string, number | boolean | string>>, models: Array<string>, name: string, numerics?: number, objective?: "fid" | "fid_extrapolated" | "fid_bias" | "kid" | "kid_deviation" | "is" | "is_10" | "is_10_deviation" | "improved_precision" | "improved_recall" | "density" | "coverage" | "prd_f8" | "prd_f1_8" | "log_likelihood" | "log_likelihood_error" | "parzen_bandwidth" | "memorisation" | "memorisation_z" | "precision" | "recall" | "f1" | "modes" | "modes_high_quality" | "modes_divergence" | "bits_per_dimension" | "bits_per_dimension_error" | "psnr" | "psnr_error" | "psnr_bicubic" | "psnr_y" | "psnr_y_error" | "psnr_y_bicubic" | "ssim" | "ssim_error" | "ssim_bicubic" | "ssim_uniform" | "ssim_uniform_error" | "ssim_uniform_bicubic" | "lr_psnr" | "lr_psnr_error" | "lr_psnr_bicubic" | "diversity" | "diversity_error" | "ntire_diversity" | "lpips" | "lpips_error" | "lpips_bicubic" | "restoration_none" | "restoration_global" | "restoration_local" | "restoration_spatial" | "restoration_degraded" | "latent_deviation_none" | "latent_deviation_global" | "latent_deviation_local" | "latent_deviation_spatial" | {direction?: "minimise" | "maximise", metric: "fid" | "fid_extrapolated" | "fid_bias" | "kid" | "kid_deviation" | "is" | "is_10" | "is_10_deviation" | "improved_precision" | "improved_recall" | "density" | "coverage" | "prd_f8" | "prd_f1_8" | "log_likelihood" | "log_likelihood_error" | "parzen_bandwidth" | "memorisation" | "memorisation_z" | "precision" | "recall" | "f1" | "modes" | "modes_high_quality" | "modes_divergence" | "bits_per_dimension" | "bits_per_dimension_error" | "psnr" | "psnr_error" | "psnr_bicubic" | "psnr_y" | "psnr_y_error" | "psnr_y_bicubic" | "ssim" | "ssim_error" | "ssim_bicubic" | "ssim_uniform" | "ssim_uniform_error" | "ssim_uniform_bicubic" | "lr_psnr" | "lr_psnr_error" | "lr_psnr_bicubic" | "diversity" | "diversity_error" | "ntire_diversity" | "lpips" | "lpips_error" | "lpips_bicubic" | "restoration_none" | "restoration_global" | "restoration_local" | "restoration_spatial" | "restoration_degraded" | "latent_deviation_none" | "latent_deviation_global" | "latent_deviation_local" | "latent_deviation_spatial"}, protocol: {kind: "single" | "wide" | "narrow" | "grid" | "reruns", metric?: "fid" | "fid_extrapolated" | "fid_bias" | "kid" | "kid_deviation" | "is" | "is_10" | "is_10_deviation" | "improved_precision" | "improved_recall" | "density" | "coverage" | "prd_f8" | "prd_f1_8" | "log_likelihood" | "log_likelihood_error" | "parzen_bandwidth" | "memorisation" | "memorisation_z" | "precision" | "recall" | "f1" | "modes" | "modes_high_quality" | "modes_divergence" | "bits_per_dimension" | "bits_per_dimension_error" | "psnr" | "psnr_error" | "psnr_bicubic" | "psnr_y" | "psnr_y_error" | "psnr_y_bicubic" | "ssim" | "ssim_error" | "ssim_bicubic" | "ssim_uniform" | "ssim_uniform_error" | "ssim_uniform_bicubic" | "lr_psnr" | "lr_psnr_error" | "lr_psnr_bicubic" | "diversity" | "diversity_error" | "ntire_diversity" | "lpips" | "lpips_error" | "lpips_bicubic" | "restoration_none" | "restoration_global" | "restoration_local" | "restoration_spatial" | "restoration_degraded" | "latent_deviation_none" | "latent_deviation_global" | "latent_deviation_local" | "latent_deviation_spatial", sampler?: "philox" | "compare_gan_v1", search_seed?: number, selection?: "best" | "final", settings?: number, source?: string}, sample_every?: number, seeds?: number | Array<number>, steps?: number, width?: number}} Plan
 *
 * @typedef {{code: string, detail: string, field?: string, status: number, title: string, type: string}} Problem
 *
 * @typedef {{asked: {runs: number | null, seed: number, threads: number | null}, author: string, cell_verdicts: {different: number, identical: number, "no-verdict": number, "not-cited": number}, cells: Array<{cell: string, changed: "edited" | "updated" | "deleted" | null, difference: ProofDifference | null, expressions: number, forms: number, kind: string, reason: string | null, rerun: number, runs: Array<string>, verdict: "identical" | "different" | "no-verdict" | "not-cited" | null}>, chosen_runs: number, cited_runs: number, command: string, created: number, finished: number | null, first_difference: {cell: string | null, kind: "metrics" | "samples" | "checkpoint" | "evaluation" | "outcome" | "final" | "tensor" | "archive" | "form" | "value" | "html" | "stored" | "results", name: string | null, original: string | null, repeated: string | null, run: string | null, step: number | null, words: string} | null, hosts: Array<string>, kernels: Array<string>, notebook: string, number: number, problem: string | null, programs: Array<string>, progress: {fraction: number | null, rate: number | null, remaining_seconds: number | null, runs_ended: number} | null, reruns: number, revision: string, run_verdicts: {different: number, identical: number, "no-verdict": number, "not-cited": number}, runs: Array<{archives: number, chosen: boolean, compared: number, damaged_archives: number, difference: ProofDifference | null, evaluations: Array<string>, host: string | null, kernels: string | null, missing_archives: number, program: string | null, reason: string | null, rerun: string | null, run: string, threads: number | null, verdict: "identical" | "different" | "no-verdict" | "not-cited" | null}>, state: "reading" | "rerunning" | "evaluating" | "concluding" | "cancelling" | "done" | "cancelled", summary: string, threads: Array<number>, verdict: "identical" | "different" | "no-verdict" | "not-cited" | null}} Proof
 *
 * @typedef {{kind: "metrics" | "samples" | "checkpoint" | "evaluation" | "outcome" | "final" | "tensor" | "archive" | "form" | "value" | "html" | "stored" | "results", name: string | null, original: string | null, repeated: string | null, run: string | null, step: number | null, words: string}} ProofDifference
 *
 * @typedef {{proofs: Array<ListedProof>}} ProofList
 *
 * @typedef {{actor: string | null, asked: number, attempts: Array<Attempt>, host: string | null, kernels: string | null, program: string | null, threads: number | null, verification: Verification}} ProvedRerun
 *
 * @typedef {{changes: Array<{actor: string, change: string, scope: "run" | "study" | "member" | "queue", target: string | null, time: number}>, executors: Array<{jobs: number, limit: number, name: string}>, next: Array<{created: number, executor: string | null, id: string, kind: "run" | "evaluation", paused: boolean, priority: number, run: string, study: string | null, submitted_by: string | null, waits: QueueObstacle | null}>, queued: number, remaining_range: TimeRange | null, rules: Array<{limit: number | null, name: string | null, paused: "finish" | "save" | null, scope: "run" | "study" | "member" | "queue", target: string | null, window: QueueWindow | null}>, running: number}} Queue
 *
 * @typedef {{code: string, message: string, until: number | null}} QueueObstacle
 *
 * @typedef {{at_close: "finish" | "save", closes: string, opens: string, time_zone: string}} QueueWindow
 *
 * @typedef {{digest: string, forms: Array<{bytes: number, digest: string, name: string, type: string, url: string}>, page: string | null, parts: Array<Record<string, any>>, rests_on: {extractors: Array<string>, protocols: Array<string>, runs: Array<{digest: string, run: string}>}, view: Record<string, any>}} ResolvedView
 *
 * @typedef {{kept: Array<{actor: string, run: string, step: number, time: number}>, rules: Array<{actor: string, name: string, rule: RetentionRule, study: string, time: number}>}} Retention
 *
 * @typedef {{bytes: number, checkpoints: number, preview: string, studies: Array<{bytes: number, checkpoints: number, going: Array<{bytes: number, run: string, step: number}>, name: string, rule: RetentionRule, staying: Record<string, number>, study: string}>}} RetentionPreview
 *
 * @typedef {{best: number, every?: number | null, last: number}} RetentionRule
 *
 * @typedef {{attempt: number, attempts?: Array<Attempt>, best: Record<string, Measured>, best_checkpoint?: {digest: string, step: number, value: number} | null, best_checkpoint_problem?: string | null, cancelling: boolean, created: number, damaged_events: number, dataset: string, deletion?: Deletion | null, equal_weights?: Array<string>, estimate?: {memory_bytes: number | null, memory_limit_bytes: number | null}, final: Record<string, Measured>, final_digest: string | null, finished: number | null, heartbeat: number | null, host: string | null, id: string, kernels: string | null, labels?: Labels, message: string, model: string, objective: Objective, origin: RunOrigin | null, outcome: RunOutcome | null, phase: {fraction: number | null, name: string} | null, program: string | null, queue?: RunInQueue, rate: number | null, remaining_seconds: number | null, rerun_of: string | null, restarts: number, seed: number, setting: number | null, specification: Specification, specification_digest: string, started: number | null, state: RunState, step: number, steps: number, study: string | null, threads: number | null, unknown_events: number, verification: Verification | null}} Run
 *
 * @typedef {{cancelled: number, diverged: number, done: number, failed: number, queued: number, running: number, total: number}} RunCounts
 *
 * @typedef {{failures: number, greatest: number | null, keys: Array<string | number | null>, least: number | null, mean: number | null, mixed: boolean, objective: string, open: number, runs: number, scored: number}} RunGroup
 *
 * @typedef {{by: Array<string>, groups: Array<RunGroup>, is_whole: boolean}} RunGroups
 *
 * @typedef {{executor: string | null, paused: boolean, position: number | null, priority: number, submitted_by: string | null, waits: QueueObstacle | null}} RunInQueue
 *
 * @typedef {{bundle: string, by: string, imported: number, storage: string | null}} RunOrigin
 *
 * @typedef {"done" | "collapsed" | "diverged" | "timed_out" | "failed" | "cancelled"} RunOutcome
 *
 * @typedef {{cautions: Array<string>, next_page_token: string | null, runs: Array<Run>, total: number}} RunPage
 *
 * @typedef {{attempts: Array<Attempt>, checkpoints: Array<{digest: string, step: number}>, command: string, dataset: {digest: string | null, name: string}, evaluations: Array<{encoder: string, encoder_digest: string, metric: string, protocol: string, step: number, value: number | null}>, final_digest: string | null, host: string | null, kernels: string | null, numerics: number | null, program: string | null, run: string, samples: Array<{digest: string, step: number}>, specification: string, state: RunState, threads: number | null, verifications: Array<ProvedRerun>}} RunProof
 *
 * @typedef {"queued" | "running" | "done" | "failed" | "diverged" | "cancelled"} RunState
 *
 * @typedef {{channels: number, columns: number, digest: string, height: number, rows: number, step: number, url: string, width: number}} SampleGrid
 *
 * @typedef {{address: string, agent: string, created: number, current: boolean, expires: number, id: string, last_used: number}} Session
 *
 * @typedef {{created: number, digest: string, expires: number, id: string, kind: "run" | "study" | "comparison" | "view" | "notebook", last_used: number | null, live: boolean, maker: string, note: string, revoked: number | null, target: string | Array<string>, uses: number, view: Record<string, any> | null}} Share
 *
 * @typedef {{changed: boolean, created: number, digest: string, digest_now: string, expires: number, kind: "run" | "study" | "comparison" | "view" | "notebook", live: boolean, maker: string, newer: Newer, note: string, path: string, shown: Shown, shown_now: Shown, target: string | Array<string>, view: Record<string, any> | null}} Shared
 *
 * @typedef {{ended: number, evaluations?: number, runs: number, steps: number}} Shown
 *
 * @typedef {Record<string, any>} Specification
 *
 * @typedef {{cores: number, disk: {free: number | null, used: number}, kernels: string, numerics: number, queue: {queued: number, running: number}, time: number, user: {member: string | null, name: string, role: "viewer" | "editor" | "owner"}, version: string, workers: {busy: number, limit: number}}} Status
 *
 * @typedef {{added?: number, created: number, deletion?: Deletion | null, digest: string, estimate?: {memory_bytes: number | null, memory_limit_bytes: number | null}, finished: number | null, id: string, labels?: Labels, name: string, notes: Array<string>, objective: Objective, outcomes: OutcomeCounts, plan: Record<string, any>, plans?: Array<{actor: string | null, digest: string, reason: string, time: number}>, progress: number, queue?: StudyInQueue, rate: number | null, remaining_range?: TimeRange | null, remaining_seconds: number | null, runs: RunCounts, state: "queued" | "running" | "done" | "cancelled"}} Study
 *
 * @typedef {{limit: number | null, paused: "finish" | "save" | null, window: QueueWindow | null}} StudyInQueue
 *
 * @typedef {{next_page_token: string | null, studies: Array<Study>, total: number}} StudyPage
 *
 * @typedef {{digest: string, estimate: {disk_bytes: number, memory_bytes: number | null, memory_limit_bytes: number | null, range: TimeRange | null, seconds: number | null}, exists: boolean, id: string, notes: Array<string>, plan: Record<string, any>, runs: number, steps: number}} StudyPreview
 *
 * @typedef {{direction: "minimise" | "maximise", metric: string, models: Array<{model: string, runs: Array<{best: Measured | null, final: Measured | null, hyperparameters: Record<string, number | boolean | string>, outcome: RunOutcome | null, problem: string | null, run: string, seed: number, setting: number | null, state: RunState}>, title: string}>, protocol: MetricMeaning | null, protocols: Array<MetricMeaning>, study: string}} StudyResults
 *
 * @typedef {{checkpoint: string, dataset: string, images: number | null, index: number | null, model: string, pictures: Array<SuperResolutionPicture>, scale: number, split: string | null, step: number, temperature: number | null, upload: string | null}} SuperResolution
 *
 * @typedef {{digest: string, finite: boolean, height: number, largest: number | null, latents: Array<LatentMoments>, lr_psnr: number | null, mean: number | null, picture: string, png: string, psnr: number | null, white: number | null, width: number}} SuperResolutionPicture
 *
 * @typedef {{basis: "measured" | "comparable" | "operations", high: number, low: number}} TimeRange
 *
 * @typedef {{created: number, expires: number | null, id: string, last_used: number | null, name: string, scope: "read" | "write" | "admin"}} Token
 *
 * @typedef {{channels: number, digest: string, height: number, width: number}} Upload
 *
 * @typedef {{compared: {checkpoints: number, evaluations: number, metrics: number, samples: number}, final_digests: Array<string | null>, finished: number | null, first_difference: Record<string, any> | null, original: string | null, reason: {code: "unfinished" | "incomplete-record" | "nothing-recorded", detail: string, message: string, side: "original" | "rerun" | null} | null, rerun: string | null, state: "running" | "identical" | "different" | "inconclusive"}} Verification
 */
