/// What may be chosen about an experiment on data. The same settings give the same bytes, with any number of threads.
public struct ExperimentSettings: Sendable, Hashable {
    /// Random subsamples; the study takes 50.
    public var draws: Int
    /// Images in a subsample; nil takes what the experiment says.
    public var samples: Int?
    /// At most 2^53, so that it is a number in JSON.
    public var seed: UInt64

    public init(draws: Int = 50, samples: Int? = nil, seed: UInt64 = 0) {
        (self.draws, self.samples, self.seed) = (draws, samples, seed)
    }

    /// - Errors: `ExperimentError.badSetting`
    func check() throws(ExperimentError) {
        guard 2...10_000 ~= draws else { throw .badSetting(name: "draws", value: "\(draws)", allowed: "2 to 10000") }
        guard samples ?? 2 >= 2 else { throw .badSetting(name: "samples", value: "\(samples ?? 0)", allowed: "at least 2") }
        guard seed <= 1 << 53 else { throw .badSetting(name: "seed", value: "\(seed)", allowed: "at most 2^53") }
    }
}
