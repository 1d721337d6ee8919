/// The low-resolution images of a data set for super-resolution: every image has a smaller partner, the field "low_resolution".
public struct LowResolution: Sendable, Hashable, CustomStringConvertible {
    /// How the low-resolution images are made.
    public enum Kernel: String, Sendable, Hashable, CaseIterable {
        /// From the images: antialiased bicubic reduction with Matlab's weights on 8-bit pixels, rounded after each axis (`BicubicResampler`).
        case bicubic
        /// They are part of the content, imported with the images.
        case given
    }

    /// Height and width of an image divided by those of its partner.
    public let scale: Int
    /// How the partners are made.
    public let kernel: Kernel

    /// The supported scales.
    public static let scales = [2, 4, 8]

    /// Creates a description.
    /// - Parameter scale: 2, 4 or 8
    public init(scale: Int, kernel: Kernel = .bicubic) {
        precondition(Self.scales.contains(scale), "the scale \(scale); allowed: \(Self.scales)")
        (self.scale, self.kernel) = (scale, kernel)
    }

    /// The shape of the partners of images of this shape; nil if the scale does not divide its height and width.
    public func shape(of images: ImageShape) -> ImageShape? {
        guard images.height.isMultiple(of: scale), images.width.isMultiple(of: scale) else { return nil }
        return ImageShape(height: images.height / scale, width: images.width / scale, channels: images.channels)
    }

    /// Such as "1/4, bicubic (antialiased, Matlab's weights)".
    public var description: String {
        switch kernel {
        case .bicubic: "1/\(scale), bicubic (antialiased, Matlab's weights)"
        case .given: "1/\(scale), given"
        }
    }
}
