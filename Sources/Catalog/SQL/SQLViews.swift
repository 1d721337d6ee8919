/// What a query may read: the documented views, and the columns of tables that they are made of.
///
/// The views are temporary ones of the query's own connection, so that the file needs none, and every schema that the program reads has the same views.
public enum SQLViews {
    /// A documented view.
    public struct View: Sendable {
        /// The name in queries.
        public let name: String
        /// One sentence for people.
        public let meaning: String
        /// The columns with their meanings, in order.
        public let columns: [(name: String, meaning: String)]
        let body: String
    }

    private static let ofRun = [
        ("run", "the run's id"), ("study", "the study's id; null for a run of no study"), ("model", "the model's name"), ("setting", "the setting of the plan, from 0"), ("seed", "the seed"),
    ]
    private static let runColumns = "runs.id AS run, runs.study AS study, runs.model AS model, runs.setting AS setting, runs.seed AS seed"

    /// Every view, in the order in which documentation lists them.
    public static let all: [View] = [
        View(
            name: "runs", meaning: "Every run.",
            columns: [
                ("id", "the run's id"), ("study", "the study's id; null for a run of no study"), ("model", "the model's name"), ("dataset", "the data set's name"),
                ("setting", "the setting of the plan, from 0"), ("seed", "the seed"), ("steps", "training steps asked for"), ("step", "training steps done"), ("state", "queued, running, done, failed, diverged, cancelled"),
                ("outcome", "done, collapsed, diverged, timed_out, failed, cancelled; null before the end"), ("objective", "the metric that the run is to optimize"),
                ("best", "the best value of the objective"), ("final", "the last value of the objective"), ("created", "when it was submitted, in Unix seconds"), ("started", "when it started"),
                ("finished", "when it ended"), ("threads", "threads of its worker"), ("kernels", "the kernel variant of its worker"), ("host", "the machine of its worker"),
                ("program", "the program version of its worker"), ("message", "why it is in its state"), ("specification", "canonical JSON: read it with json_extract or ->>"),
                ("specification_digest", "SHA-256 of the specification"), ("final_digest", "the digest of the last checkpoint"), ("rerun_of", "the run that it verifies"),
            ],
            body: """
                SELECT id, study, model, dataset, setting, seed, steps, step, state, outcome, objective,
                    (SELECT scores.best FROM main.scores WHERE scores.run = runs.number AND scores.metric = runs.objective AND scores.is_primary) AS best,
                    (SELECT scores.final FROM main.scores WHERE scores.run = runs.number AND scores.metric = runs.objective AND scores.is_primary) AS final,
                    created, started, finished, threads, kernels, host, program, message, specification, specification_digest, final_digest, rerun_of
                FROM main.runs
                """),
        View(
            name: "evaluations", meaning: "Every value of every metric, under whichever protocol.",
            columns: ofRun + [
                ("step", "completed training steps"), ("metric", "the metric's name"), ("value", "the value; null if there is none"), ("problem", "why there is none"),
                ("protocol", "the digest of the evaluation protocol"), ("is_primary", "1 for the protocol of the run's specification"), ("encoder", "the feature extractor's name"),
                ("encoder_digest", "its digest"), ("samples", "generated samples"), ("reference_split", "the split compared with"),
            ],
            body: """
                SELECT \(runColumns), evaluations.step AS step, evaluations.metric AS metric, evaluations.value AS value, evaluations.problem AS problem,
                    evaluations.protocol AS protocol, scores.is_primary AS is_primary, evaluations.encoder AS encoder, evaluations.encoder_digest AS encoder_digest,
                    evaluations.samples AS samples, evaluations.reference_split AS reference_split
                FROM main.evaluations JOIN main.scores USING (run, metric, protocol) JOIN main.runs ON runs.number = evaluations.run
                """),
        View(
            name: "training_metrics", meaning: "Every value of every training metric, such as discriminator_loss.",
            columns: ofRun + [("metric", "the metric's name"), ("step", "completed training steps"), ("value", "the value; null if it is not a number")],
            body: """
                SELECT \(runColumns), metric_chunks.name AS metric, metric_chunks.chunk * \(MetricChunk.span) + chunk_step(metric_chunks.points, chunk_places.place) AS step,
                    chunk_value(metric_chunks.points, chunk_places.place) AS value
                FROM main.metric_chunks JOIN main.runs ON runs.number = metric_chunks.run JOIN temp.chunk_places ON chunk_places.place < length(metric_chunks.points) / 10
                """),
        View(
            name: "checkpoints", meaning: "Every checkpoint.",
            columns: ofRun + [
                ("step", "completed training steps"), ("digest", "the archive's digest"), ("bytes", "its uncompressed size"), ("final", "1 for the run's last one"), ("created", "when it was written, in Unix seconds"),
            ],
            body: """
                SELECT \(runColumns), checkpoints.step AS step, checkpoints.digest AS digest, checkpoints.bytes AS bytes, checkpoints.final AS final, checkpoints.time AS created
                FROM main.checkpoints JOIN main.runs ON runs.number = checkpoints.run
                """),
        View(
            name: "studies", meaning: "Every study.",
            columns: [
                ("id", "the study's id"), ("name", "its name"), ("digest", "SHA-256 of the plan"), ("plan", "canonical JSON: read it with json_extract or ->>"), ("created", "when it was submitted, in Unix seconds"),
                ("finished", "when its last run ended"), ("cancelled", "1 if it was cancelled"), ("runs", "how many runs it has"),
            ],
            body: """
                SELECT id, name, digest, plan, created, finished, cancelled, (SELECT COUNT(*) FROM main.runs WHERE runs.study = studies.id) AS runs FROM main.studies
                """),
        View(
            name: "datasets", meaning: "Every data set that runs used.",
            columns: [("name", "the data set's name"), ("digest", "its digest"), ("runs", "how many runs used it")],
            body: """
                SELECT runs.dataset AS name, json_extract(runs.specification, '$.dataset.digest') AS digest, COUNT(*) AS runs FROM main.runs GROUP BY 1, 2
                """),
    ]

    /// The columns that may be read, by the name of a table or view. Pairs of table and column decide, never the name of the view that a read is attributed to:
    /// a common table expression can have any name.
    static let readable: [String: Set<String>] = {
        var tables: [String: Set<String>] = [
            "runs": ["number"], "evaluations": [], "scores": ["run", "metric", "protocol", "is_primary", "best", "final"], "metric_chunks": ["run", "name", "chunk", "points"],
            "checkpoints": ["time"], "chunk_places": ["place"],
        ]
        for view in all { tables[view.name, default: []].formUnion(view.columns.map(\.name)) }
        return tables
    }()

    /// The functions that may be called. Not among them: what makes long texts from short ones at once (printf, replace, hex, zeroblob, …), what is random, and what
    /// reaches outside.
    static let functions: Set<String> = [
        "abs", "avg", "ceil", "ceiling", "chunk_step", "chunk_value", "coalesce", "count", "cume_dist", "date", "datetime", "dense_rank", "exp", "first_value", "floor", "glob",
        "group_concat", "ifnull", "iif", "instr", "json_array_length", "json_extract", "json_type", "json_valid", "julianday", "lag", "last_value", "lead", "length", "like", "ln", "log",
        "log10", "log2", "lower", "ltrim", "max", "min", "mod", "nth_value", "ntile", "nullif", "percent_rank", "pow", "power", "rank", "round", "row_number", "rtrim", "sign", "sqrt",
        "strftime", "substr", "substring", "sum", "time", "total", "trim", "trunc", "typeof", "unixepoch", "upper", "->", "->>",
    ]

    /// The functions that people may call, for documentation.
    public static var callable: [String] { functions.filter { !$0.hasPrefix("chunk_") }.sorted() }
}
