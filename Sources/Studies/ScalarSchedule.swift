internal import Numerics
public import Canonical

/// A number that follows the course of training, such as a learning rate: a function of the step and of the number of steps, and of nothing else.
///
/// Steps count from 1. Where a schedule depends on progress, progress is the number of steps done before this one, as in PyTorch's schedulers; a share f of a run of n steps ends after
/// f n steps, rounded to the nearest whole number, halves up.
/// ```swift
/// // 0.0005, halved at 50, 75, 90 and 95 % of the steps, after a warm-up of 100 steps.
/// let rate = ScalarSchedule.product([.constant(5e-4), .warmUp(steps: 100), .stepDecay(factor: 0.5, at: [0.5, 0.75, 0.9, 0.95])])
/// ```
public indirect enum ScalarSchedule: Sendable, Hashable {
    /// The same number at every step.
    case constant(Double)
    /// min(1, t / steps): from 1 / steps at step 1 in equal parts to 1 at step `steps`, and 1 from there on.
    case warmUp(steps: Int)
    /// factor^k, with k the number of shares in `at` that are over.
    case stepDecay(factor: Double, at: [Double])
    /// end + (1 - end) (1 + cos(pi x)) / 2 with x on [0, 1) the progress within one of `periods` equal periods: from 1 towards `end`, and from 1 again in the next period.
    /// - Source: Loshchilov and Hutter 2017, equation 5, with periods of one length.
    case cosine(end: Double, periods: Int)
    /// The product of schedules that run side by side.
    case product([ScalarSchedule])
    /// Schedules one after another; each counts its own steps from 1 and knows their number.
    case sequence([Part])

    /// One part of a sequence.
    public struct Part: Sendable, Hashable {
        /// The schedule of this part.
        public let schedule: ScalarSchedule
        /// The fraction of the whole sequence at which it ends; 1 for the last part.
        public let until: Double

        /// Makes a part.
        public init(_ schedule: ScalarSchedule, until: Double) {
            self.schedule = schedule
            self.until = until
        }
    }

    /// The number at step t of a run. After the last step it stays as the schedule ends.
    /// - Precondition: t and steps are at least 1.
    public func value(step t: Int, of steps: Int) -> Double {
        precondition(t >= 1 && steps >= 1, "step \(t) of \(steps)")
        switch self {
        case .constant(let value): return value
        case .warmUp(let length): return t >= length ? 1 : Double(t) / Double(length)
        case .stepDecay(let factor, let shares):
            return shares.reduce(1) { value, share in t > Self.steps(share, of: steps) ? value * factor : value }
        case .cosine(let end, let periods):
            return end + (1 - end) * Self.halfCosine(Self.progress(step: t, of: steps, periods: periods))
        case .product(let factors): return factors.reduce(1) { $0 * $1.value(step: t, of: steps) }
        case .sequence(let parts): return Self.value(of: parts, step: t, of: steps)
        }
    }

    /// The number of steps that a share of a run has: share * steps, rounded to the nearest whole number, halves up.
    /// - Precondition: the share is on [0, 1].
    public static func steps(_ share: Double, of steps: Int) -> Int {
        precondition((0...1).contains(share), "a share of \(share)")
        return Int(saturating: (share * Double(steps)).rounded(.toNearestOrAwayFromZero))
    }

    /// (1 + cos(pi x)) / 2 for x on [0, 1]; exactly 1 at 0 and 0 at 1.
    private static func halfCosine(_ x: Double) -> Double { (1 + cosineAndSine(turns: x / 2).cosine) / 2 }

    /// How much of its period is done before step t. Period i begins after floor(i steps / periods) steps.
    private static func progress(step t: Int, of steps: Int, periods: Int) -> Double {
        let done = Swift.min(t - 1, steps)
        let period = Swift.min(((done + 1) * periods - 1) / steps, periods - 1)
        let begin = period * steps / periods, end = (period + 1) * steps / periods
        return Double(done - begin) / Double(end - begin)
    }

    private static func value(of parts: [Part], step t: Int, of steps: Int) -> Double {
        var begin = 0
        for (index, part) in parts.enumerated() {
            let end = Self.steps(part.until, of: steps)
            if t <= end || index == parts.count - 1 {
                return part.schedule.value(step: Swift.max(1, t - begin), of: Swift.max(1, end - begin))
            }
            begin = end
        }
        preconditionFailure("a sequence without parts")
    }
}

// MARK: - JSON

extension ScalarSchedule {
    private static let numbers = -1e12...1e12
    private static let kinds = ["constant", "warm_up", "step_decay", "cosine", "product", "sequence"]

    /// The schedule as specifications can hold it; its canonical text decides the digest.
    public var json: JSONValue {
        switch self {
        case .constant(let value): ["kind": "constant", "value": .number(value)]
        case .warmUp(let steps): ["kind": "warm_up", "steps": .integer(Int64(steps))]
        case .stepDecay(let factor, let shares): ["kind": "step_decay", "factor": .number(factor), "at": .array(shares.map { .number($0) })]
        case .cosine(let end, let periods): ["kind": "cosine", "end": .number(end), "periods": .integer(Int64(periods))]
        case .product(let factors): ["kind": "product", "of": .array(factors.map(\.json))]
        case .sequence(let parts):
            ["kind": "sequence", "parts": .array(parts.map { ["schedule": $0.schedule.json, "until": .number($0.until)] })]
        }
    }

    /// Reads what `json` wrote.
    /// - Errors: `FieldError` for an unknown kind or field, a number out of range, shares that do not ascend, a sequence that does not end at 1.
    public init(reading json: JSONValue, path: String = "schedule") throws(FieldError) {
        var fields = try FieldReader(json, path: path)
        switch try fields.oneOf("kind", Self.kinds) {
        case "constant": self = .constant(try fields.number("value", in: Self.numbers))
        case "warm_up": self = .warmUp(steps: try fields.integer("steps", in: SpecificationLimits.steps))
        case "step_decay":
            self = .stepDecay(factor: try fields.number("factor", in: 0...1e6), at: try Self.shares(&fields))
        case "cosine": self = .cosine(end: try fields.number("end", in: 0...1e6), periods: try fields.integer("periods", in: 1...10_000))
        case "product":
            var factors: [ScalarSchedule] = []
            for (index, element) in try fields.array("of", count: 1...16).enumerated() {
                factors.append(try ScalarSchedule(reading: element, path: "\(fields.path(of: "of"))[\(index)]"))
            }
            self = .product(factors)
        default: self = .sequence(try Self.parts(&fields))
        }
        try fields.finish()
    }

    private static func shares(_ fields: inout FieldReader) throws(FieldError) -> [Double] {
        var shares: [Double] = []
        for (index, element) in try fields.array("at", count: 1...64).enumerated() {
            let name = "at[\(index)]"
            guard let share = element.numberValue, (0...1).contains(share) else { throw fields.error(name, "must be a share of the run, a number in 0...1") }
            guard shares.last.map({ $0 < share }) ?? true else { throw fields.error(name, "must be greater than the one before it") }
            shares.append(share)
        }
        return shares
    }

    private static func parts(_ fields: inout FieldReader) throws(FieldError) -> [Part] {
        var parts: [Part] = []
        for (index, element) in try fields.array("parts", count: 1...16).enumerated() {
            var inner = try FieldReader(element, path: "\(fields.path(of: "parts"))[\(index)]")
            let schedule = try ScalarSchedule(reading: inner.value("schedule"), path: inner.path(of: "schedule"))
            let until = try inner.number("until", in: 0...1)
            guard (parts.last?.until ?? 0) < until else { throw inner.error("until", "must be greater than where the part before it ends") }
            try inner.finish()
            parts.append(Part(schedule, until: until))
        }
        guard parts.last?.until == 1 else { throw fields.error("parts", "must end at 1: the last part's \"until\" is \(parts.last?.until ?? 0)") }
        return parts
    }
}
