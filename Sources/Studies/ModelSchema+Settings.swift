import Numerics

extension ModelSchema {
    /// The settings 0 ..< search.settings of a random search.
    ///
    /// Setting 0 is the default (of the narrow search if it differs). With the sampler philox, setting s > 0 takes hyperparameter i (in the order of the names) from the stream
    /// (search seed, "search/<model>") at step s, index i. A setting therefore depends neither on the other models of the plan
    /// nor on the number of settings, and a longer search starts with the settings of a shorter one.
    /// For `compare_gan_v1` see `CompareGANSampler`.
    func settings(of search: SearchProtocol) -> [Hyperparameters] {
        let first = search.kind == .narrow ? narrowDefaults : defaults
        if search.sampler == .compareGANV1 {
            let draws = CompareGANSampler.draws(of: name, settings: search.settings, seed: search.searchSeed)
            return [first] + draws.map { draw in
                var values = first
                for schema in hyperparameters { set(schema.name, draw[schema.name] ?? schema.defaultValue, in: &values) }
                return values
            }
        }
        let stream = RandomStream(seed: UInt64(search.searchSeed), name: "search/\(name)")
        return (0..<search.settings).map { $0 == 0 ? first : draw($0, from: stream, kind: search.kind) }
    }

    private func draw(_ setting: Int, from stream: RandomStream, kind: SearchProtocol.Kind) -> Hyperparameters {
        var values = kind == .narrow ? narrowDefaults : defaults
        for (index, schema) in hyperparameters.enumerated() {
            guard let distribution = kind == .narrow ? schema.narrow : schema.wide else { continue }
            values[schema.name] = distribution.value(in: stream, step: UInt64(setting), index: index)
        }
        return values
    }

    /// The default, then every combination of the axes' values in the given order, the last axis
    /// varying fastest. A combination equal to the default is not repeated.
    func settings(of axes: [GridAxis]) -> [Hyperparameters] {
        var points = [defaults]
        for axis in axes {
            points = points.flatMap { point in
                axis.values.map { value in
                    var point = point
                    set(axis.name, value, in: &point)
                    return point
                }
            }
        }
        return [defaults] + points.filter { $0 != defaults }
    }
}
