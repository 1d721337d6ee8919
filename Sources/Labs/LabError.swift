/// What is wrong with a lab or a request to one.
public enum LabError: Error, Equatable, CustomStringConvertible {
    /// No lab has this id.
    case unknownLab(String)
    /// The lab has no branch of this id.
    case unknownBranch(String)
    /// A branch whose file cannot be read.
    case damaged(file: String, problem: String)
    /// A setting that only another lab can have.
    case fixed(key: String)
    /// A step before the branch begins, or beyond the limit.
    case badStep(Int, allowed: ClosedRange<Int>)
    /// The recording has no room for another frame.
    case full(limit: Int)
    /// The model's values are no longer finite.
    case diverged(step: Int)
    /// Labs of another version of the numbers.
    case otherNumerics(found: Int, own: Int)

    /// One sentence.
    public var description: String {
        switch self {
        case .unknownLab(let id): "no lab has the id \(id.prefix(80))"
        case .unknownBranch(let id): "the lab has no branch \(id.prefix(80))"
        case .damaged(let file, let problem): "\(file): \(problem)"
        case .fixed(let key): "\(key) cannot change while a lab runs, because the networks would be others; create another lab"
        case .badStep(let step, let allowed): "step \(step) is not in \(allowed.lowerBound)...\(allowed.upperBound)"
        case .full(let limit): "the recording has \(limit) MiB, its limit; record fewer frames with more updates each, or create another lab"
        case .diverged(let step): "a value is no longer finite after step \(step)"
        case .otherNumerics(let found, let own): "the lab was recorded with numerics version \(found), this program has \(own)"
        }
    }
}
