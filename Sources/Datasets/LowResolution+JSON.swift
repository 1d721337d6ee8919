import Canonical

extension LowResolution {
    /// In the header of the content and in the metadata record: {"kernel": …, "scale": …}.
    var json: JSONValue { ["kernel": .string(kernel.rawValue), "scale": .integer(Int64(scale))] }

    /// Reads the member "low_resolution" of the metadata of images of a shape; nil if there is none.
    /// - Errors: `FieldError` for an unknown scale or kernel, or a scale that does not divide the images
    init?(reading fields: inout FieldReader, images: ImageShape) throws(FieldError) {
        guard var inner = try fields.optionalObject("low_resolution") else { return nil }
        let kernel = Kernel(rawValue: try inner.oneOf("kernel", Kernel.allCases.map(\.rawValue))) ?? .bicubic
        let scale = try inner.integer("scale", in: 2...8)
        try inner.finish()
        guard Self.scales.contains(scale) else { throw fields.error("low_resolution", "has the scale \(scale); allowed: 2, 4, 8") }
        self.init(scale: scale, kernel: kernel)
        guard shape(of: images) != nil else { throw fields.error("low_resolution", "has the scale \(scale), which does not divide images of \(images)") }
    }
}
