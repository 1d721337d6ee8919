public import Graphs

/// The exact log-likelihood of given examples under a model.
///
/// Images are 8-bit: value v of 0 ... 255 stands for the interval [v/256, (v + 1)/256), and the density is that of (v + u)/256 with u uniform in [0, 1) (uniform dequantization;
/// Theis et al. 2016, section 3.1). Minus the logarithm to base 2 of that density, per dimension, plus log2(256) = 8 is an upper bound on the bits per
/// dimension of the discrete images. Points are continuous: their density is in the units of the data set, without noise and without a constant.
public struct Likelihood: Sendable {
    /// Inputs "images" [batch, h, w, c] in the data set's range, for images "noise" of the same shape, uniform in [0, 1), and the field of the generation's condition if
    /// there is one, which makes the density conditional; output "log_likelihoods" [batch], natural logarithms of the density of each example, which depend on that example alone.
    public let plan: Plan
    /// Number of dimensions of an example.
    public let dimensions: Int
    /// Number of values of a pixel, 256; nil for continuous examples.
    public let levels: Int?

    /// Creates a likelihood.
    public init(plan: Plan, dimensions: Int, levels: Int?) {
        self.plan = plan
        self.dimensions = dimensions
        self.levels = levels
    }
}
