import Canonical
import struct Foundation.Data
import GRDB

extension CatalogReader {
    /// The number of evaluations of these runs.
    public func evaluationCount(ofRuns numbers: [Int64]) throws -> Int {
        let list = JSONValue.array(numbers.map { .integer($0) }).canonicalText
        return try count("SELECT COUNT(*) FROM evaluations WHERE run IN (SELECT value FROM json_each(?))", [list])
    }

    private static let evaluation = """
        SELECT evaluations.*, scores.is_primary, evaluation_jobs.id AS job_id FROM evaluations JOIN scores USING (run, metric, protocol)
        LEFT JOIN evaluation_jobs ON evaluation_jobs.number = evaluations.job
        """

    /// Every value of a run, under whichever protocol: by step and metric, the primary protocol first.
    public func evaluations(ofRun number: Int64) throws -> [EvaluationRecord] {
        try all(
            CatalogReader.evaluation + """
                 WHERE evaluations.run = ? ORDER BY evaluations.step, evaluations.metric, scores.is_primary DESC, evaluations.protocol
                """, [number], CatalogReader.evaluation(row:))
    }

    /// The values of an evaluation job, by metric; those among them that were known before are the same values.
    public func evaluations(ofJob job: EvaluationJob) throws -> [EvaluationRecord] {
        try all(
            CatalogReader.evaluation + """
                 JOIN evaluation_results AS result ON result.metric = evaluations.metric AND result.protocol = evaluations.protocol
                WHERE result.job = ? AND evaluations.run = ? AND evaluations.step = ? ORDER BY evaluations.metric, evaluations.protocol
                """, [job.number, job.runNumber, job.step], CatalogReader.evaluation(row:))
    }

    private static func evaluation(row: Row) -> EvaluationRecord {
        EvaluationRecord(
            step: row["step"], metric: row["metric"], value: row["value"], protocolDigest: row["protocol"],
            encoder: row["encoder"], encoderDigest: row["encoder_digest"], samples: row["samples"],
            referenceSplit: row["reference_split"], problem: row["problem"], isPrimary: row["is_primary"], job: row["job_id"])
    }

    /// The run's sample grids, by step.
    public func samples(ofRun number: Int64) throws -> [SampleRecord] {
        try all("SELECT * FROM samples WHERE run = ? ORDER BY step", [number], CatalogReader.sample)
    }

    /// The sample grid of one step; nil if there is none.
    public func sample(ofRun number: Int64, step: Int) throws -> SampleRecord? {
        try one("SELECT * FROM samples WHERE run = ? AND step = ?", [number, step], CatalogReader.sample)
    }

    /// The newest sample grid; nil if there is none.
    public func latestSample(ofRun number: Int64) throws -> SampleRecord? {
        try one("SELECT * FROM samples WHERE run = ? ORDER BY step DESC LIMIT 1", [number], CatalogReader.sample)
    }

    /// The run's checkpoints, by step.
    public func checkpoints(ofRun number: Int64) throws -> [CheckpointRecord] {
        try all("SELECT * FROM checkpoints WHERE run = ? ORDER BY step", [number], CatalogReader.checkpoint)
    }

    /// Runs of other specifications whose last checkpoint has the same weights as that of a run: what differs between the specifications had no effect on training.
    public func runsWithEqualWeights(as number: Int64) throws -> [String] {
        try all(
            """
            SELECT DISTINCT other.id FROM checkpoints AS own JOIN runs ON runs.number = own.run JOIN checkpoints AS same ON same.weights = own.weights AND same.final
            JOIN runs AS other ON other.number = same.run
            WHERE own.run = ? AND own.final AND own.weights IS NOT NULL AND other.specification_digest <> runs.specification_digest
                AND other.number NOT IN (SELECT run FROM deleted_runs) ORDER BY other.number LIMIT 100
            """, [number]
        ) { $0["id"] }
    }

    /// The runs that wrote this archive, each with the step of the checkpoint.
    public func runs(withCheckpoint digest: String) throws -> [(run: String, step: Int)] {
        try all(
            """
            SELECT runs.id, checkpoints.step FROM checkpoints JOIN runs ON runs.number = checkpoints.run
            WHERE checkpoints.digest = ? ORDER BY runs.number, checkpoints.step
            """, [digest]
        ) { ($0["id"], $0["step"]) }
    }

    /// The run's scores under its primary protocols.
    public func scores(ofRun number: Int64) throws -> [ScoreRecord] {
        try all("SELECT * FROM scores WHERE run = ? AND is_primary AND best IS NOT NULL ORDER BY metric", [number], CatalogReader.score)
    }

    /// Like `scores(ofRun:)` for several runs, keyed by run number.
    public func scores(ofRuns numbers: [Int64]) throws -> [Int64: [ScoreRecord]] {
        var found: [Int64: [ScoreRecord]] = [:]
        for start in stride(from: 0, to: numbers.count, by: 500) {
            let part = numbers[start..<min(start + 500, numbers.count)]
            let sql = """
                SELECT * FROM scores WHERE run IN (\(databaseQuestionMarks(count: part.count))) AND is_primary AND best IS NOT NULL
                ORDER BY run, metric
                """
            for (run, score) in try all(sql, StatementArguments(part), { ($0["run"] as Int64, CatalogReader.score($0)) }) {
                found[run, default: []].append(score)
            }
        }
        return found
    }

    /// Why the newest evaluation of a metric that decides a run's score has no value, keyed by run number; runs without a known reason are left out.
    public func problems(ofRuns numbers: [Int64], metric: String) throws -> [Int64: String] {
        let found = try all(
            """
            SELECT run, problem, MAX(step) FROM evaluations JOIN scores USING (run, metric, protocol)
            WHERE is_primary AND metric = ?1 AND run IN (SELECT value FROM json_each(?2)) AND (job IS NULL OR NOT EXISTS (SELECT 1 FROM evaluations AS own
                WHERE own.run = evaluations.run AND own.metric = ?1 AND own.protocol = evaluations.protocol AND own.job IS NULL))
            GROUP BY run
            """, [metric, "[\(numbers.map(String.init).joined(separator: ","))]"]
        ) { row in (run: row["run"] as Int64, problem: row["problem"] as String?) }
        return found.reduce(into: [:]) { $0[$1.run] = $1.problem }
    }

    /// Training metrics, all or the named ones; columns are sorted by name.
    public func metrics(ofRun number: Int64, names wanted: [String]? = nil) throws -> MetricTable {
        let known: [String] = try all(
            "SELECT DISTINCT name FROM metric_chunks WHERE run = ? ORDER BY name", [number]
        ) { $0["name"] }
        let names = wanted.map { wanted in known.filter(wanted.contains) } ?? known
        return MetricTable(series: try names.map { name in try series(name, ofRun: number) })
    }

    private func series(_ name: String, ofRun number: Int64) throws -> (name: String, steps: [Int], values: [Double]) {
        var steps: [Int] = []
        var values: [Double] = []
        let sql = "SELECT chunk, points FROM metric_chunks WHERE run = ? AND name = ? ORDER BY chunk"
        for (index, chunk) in try all(sql, [number, name], { row in (row["chunk"] as Int, try CatalogReader.chunk(row)) }) {
            steps += chunk.offsets.map { index * MetricChunk.span + Int($0) }
            values += chunk.values
        }
        return (name, steps, values)
    }

    static func chunk(_ row: Row) throws -> MetricChunk {
        guard let chunk = MetricChunk(packed: Array(row["points"] as Data)) else {
            throw CatalogError.unusable(path: "metric_chunks", problem: "a chunk of metrics is damaged")
        }
        return chunk
    }

    private static func sample(_ row: Row) -> SampleRecord {
        SampleRecord(
            step: row["step"], file: row["file"], digest: row["digest"], rows: row["rows"], columns: row["columns"],
            width: row["width"], height: row["height"], channels: row["channels"])
    }

    static func checkpoint(_ row: Row) -> CheckpointRecord {
        CheckpointRecord(step: row["step"], digest: row["digest"], bytes: row["bytes"], final: row["final"], time: row["time"], weights: row["weights"])
    }

    private static func score(_ row: Row) -> ScoreRecord {
        ScoreRecord(
            metric: row["metric"], best: row["best"], bestStep: row["best_step"], final: row["final"],
            finalStep: row["final_step"])
    }
}

extension CatalogReader {
    /// The distinct primary protocols of a metric in a study. If there is more than one, the values must not be compared.
    public func protocols(ofStudy study: String, metric: String) throws -> [ProtocolRecord] {
        try protocols(of: "SELECT number FROM runs WHERE study = ?", study, metric)
    }

    /// The same for the given runs.
    public func protocols(ofRuns numbers: [Int64], metric: String) throws -> [ProtocolRecord] {
        try protocols(of: "SELECT value FROM json_each(?)", "[\(numbers.map(String.init).joined(separator: ","))]", metric)
    }

    /// - Parameter runs: SQL that selects the runs' numbers, with one argument
    private func protocols(of runs: String, _ argument: String, _ metric: String) throws -> [ProtocolRecord] {
        try all(
            """
            SELECT evaluations.protocol AS digest, encoder, encoder_digest, MIN(samples) AS samples, reference_split, known.content
            FROM evaluations JOIN scores USING (run, metric, protocol) JOIN evaluation_protocols AS known ON known.digest = evaluations.protocol
            WHERE scores.is_primary AND metric = ? AND run IN (\(runs))
            GROUP BY evaluations.protocol, encoder, encoder_digest, reference_split
            ORDER BY evaluations.protocol, encoder, encoder_digest, reference_split
            """, [metric, argument]
        ) { row in
            ProtocolRecord(
                digest: row["digest"], encoder: row["encoder"], encoderDigest: row["encoder_digest"], samples: row["samples"],
                referenceSplit: row["reference_split"], content: row["content"])
        }
    }

    /// The canonical JSON of a protocol; nil if no worker reported it.
    public func protocolContent(_ digest: String) throws -> String? {
        try one("SELECT content FROM evaluation_protocols WHERE digest = ?", [digest]) { $0["content"] as String? } ?? nil
    }

    /// A feature extractor's name and, if a worker reported it, canonical JSON of everything that determines its weights; nil for an unknown digest.
    public func featureExtractor(_ digest: String) throws -> (name: String, provenance: String?)? {
        try one("SELECT name, provenance FROM feature_extractors WHERE digest = ?", [digest]) { ($0["name"], $0["provenance"]) }
    }
}
