public import Canonical

/// What an experiment can be asked for, beside its name: the fields of a request, of a cell, and, with dashes, the options of the command.
public enum ExperimentOption: String, Sendable, CaseIterable {
    case dataset
    case foreign
    case secondEncoder = "second_encoder"
    case draws, samples, seed

    /// The option of the command line.
    public var flag: String { "--" + String(rawValue.map { $0 == "_" ? "-" : $0 }) }

    /// The numbers that are allowed; nil for an option that is a name.
    public var range: ClosedRange<Int>? {
        switch self {
        case .dataset, .foreign, .secondEncoder: nil
        case .draws: 2...10_000
        case .samples: 2...10_000_000
        case .seed: 0...(1 << 53)
        }
    }
}

extension Experiment {
    /// Whether an option is a setting of the experiment. This is the only place that decides it.
    public func takes(_ option: ExperimentOption) -> Bool {
        switch option {
        case .dataset: need != .nothing
        case .foreign: need == .images || need == .classified
        case .secondEncoder: need == .images
        case .draws: self != .encoderAgreement
        case .samples: need == .features || need == .images || need == .classified || self == .parzenBandwidth
        case .seed: true
        }
    }

    /// The options that the experiment takes.
    public var options: [ExperimentOption] { ExperimentOption.allCases.filter(takes) }
}

/// A request for an experiment: its name and what it takes of the options. Equal requests over equal data give equal bytes.
public struct ExperimentRequest: Sendable, Hashable {
    /// The experiment.
    public let experiment: Experiment
    /// Names by option.
    private let names: [ExperimentOption: String]
    /// Numbers by option.
    private let numbers: [ExperimentOption: Int]

    /// Reads `experiment` and its options; whoever calls finishes the reader.
    /// - Errors: `FieldError`, also for an option that has no effect with the experiment, and for a data set that is missing
    public init(_ fields: inout FieldReader) throws(FieldError) {
        let name = try fields.oneOf("experiment", Experiment.allCases.map(\.rawValue))
        experiment = Experiment(rawValue: name) ?? .fidFloor
        var names: [ExperimentOption: String] = [:], numbers: [ExperimentOption: Int] = [:]
        for option in ExperimentOption.allCases {
            if let range = option.range { numbers[option] = try fields.optionalInteger(option.rawValue, in: range) } else { names[option] = try fields.optionalString(option.rawValue, maximumBytes: 200) }
            guard names[option] == nil && numbers[option] == nil || experiment.takes(option) else { throw fields.error(option.rawValue, "has no effect with \(name)") }
        }
        guard names[.dataset] != nil || !experiment.takes(.dataset) else { throw fields.error("dataset", "is missing: \(name) needs a data set") }
        (self.names, self.numbers) = (names, numbers)
    }

    /// The name of an option's data set or extractor; nil where the request has none.
    public func name(_ option: ExperimentOption) -> String? { names[option] }

    /// The data sets that are named, sorted.
    public var datasets: [String] { Set([ExperimentOption.dataset, .foreign].compactMap { names[$0] }).sorted() }

    /// The settings, with those of the experiment where the request has none.
    public var settings: ExperimentSettings {
        ExperimentSettings(draws: numbers[.draws] ?? experiment.defaultDraws, samples: numbers[.samples], seed: UInt64(clamping: numbers[.seed] ?? 0))
    }

    /// The request as it was given: what it leaves out has no field.
    public var json: JSONValue {
        var members: [String: JSONValue] = ["experiment": .string(experiment.rawValue)]
        for (option, name) in names { members[option.rawValue] = .string(name) }
        for (option, number) in numbers { members[option.rawValue] = .integer(Int64(number)) }
        return .object(members)
    }
}
