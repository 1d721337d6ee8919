package import Canonical

/// What is asked of a proof: which of the cited runs are rerun, and how.
package struct ProofRequest: Sendable, Equatable {
    /// The runs of a sample.
    package static let sample = 1...1_000_000
    /// Seeds of a sample.
    package static let seeds = 0...Int(Int32.max)

    /// How many of the cited runs are rerun; nil for all.
    package var runs: Int?
    /// What the sample is chosen by; of no meaning where all are rerun.
    package var seed: Int
    /// The threads of each rerun; nil for the server's choice.
    package var threads: Int?

    /// Makes a request.
    package init(runs: Int? = nil, seed: Int = 0, threads: Int? = nil) { (self.runs, self.seed, self.threads) = (runs, seed, threads) }

    /// Reads `{"runs", "seed", "threads"}`; each may be left out or null.
    /// - Errors: `FieldError`
    package init(reading json: JSONValue) throws(FieldError) {
        var fields = try FieldReader(json.withoutNulls)
        runs = try fields.optionalInteger("runs", in: ProofRequest.sample)
        seed = try fields.optionalInteger("seed", in: ProofRequest.seeds) ?? 0
        threads = try fields.optionalInteger("threads", in: 1...256)
        try fields.finish()
    }
}

extension JSONValue {
    /// An object without the members that are null.
    fileprivate var withoutNulls: JSONValue {
        guard case .object(let members) = self else { return self }
        return .object(members.filter { $0.value != .null })
    }
}
