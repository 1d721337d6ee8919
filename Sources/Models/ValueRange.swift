import Graphs

/// The range of the numbers that a network takes and gives. Data sets hold images in [0, 1] and points as they are; what a model wants is
/// converted here and nowhere else.
enum ValueRange: Sendable {
    /// Images in [0, 1], as in the data set.
    case unit
    /// Images in [-1, 1], as a tanh gives them.
    case symmetric
    /// Points: any number.
    case unbounded

    func fromDataset(_ x: Tensor) -> Tensor { self == .symmetric ? x * 2 - 1 : x }

    func toDataset(_ y: Tensor) -> Tensor { self == .symmetric ? (y + 1) * 0.5 : y }
}
