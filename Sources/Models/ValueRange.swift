import Graphs

/// The range of a network's inputs and outputs. Data sets hold images in [0, 1] and unscaled points; conversion happens
/// here and nowhere else.
enum ValueRange: Sendable {
    /// Images in [0, 1], as in the data set.
    case unit
    /// Images in [-1, 1], as produced by tanh.
    case symmetric
    /// Points: any real number.
    case unbounded

    func fromDataset(_ x: Tensor) -> Tensor { self == .symmetric ? x * 2 - 1 : x }

    func toDataset(_ y: Tensor) -> Tensor { self == .symmetric ? (y + 1) * 0.5 : y }
}
