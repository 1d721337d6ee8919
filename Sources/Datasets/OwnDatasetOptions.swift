/// The options with which files of one's own are read, as texts and numbers: one reader for the command line and the API.
public struct OwnDatasetOptions: Sendable, Hashable {
    /// One of `OwnDataset.Format`; nil lets the content tell.
    public var format: String?
    /// The name for people, 1 to 200 bytes.
    public var title: String?
    /// For images: "none", "square", "centre:SIDE" or "box:ROW,COLUMN,HEIGHT,WIDTH".
    public var crop: String?
    /// For images: "HEIGHTxWIDTH" or one number, at most 4096.
    public var size: String?
    /// For images, with `size`: "area" or "bilinear".
    public var resize: String?
    /// For pictures: paths within the folder that are not taken.
    public var leaveOut: [String] = []
    /// For pictures: leave out and count files that cannot be decoded.
    public var skipUnreadable = false
    /// The scale of low-resolution partners: 2, 4 or 8; nil for none.
    public var lowResolution: Int?
    /// With `lowResolution`: "bicubic" or "given".
    public var lowResolutionKernel: String?
    /// For pictures, with `patch`: how many patches are cut from each, 1 to 10,000.
    public var patches: Int?
    /// For pictures, with `patch`: cut tiles that cover the pictures, from all splits, or with `patches` from all but the training split.
    public var tiles = false
    /// For pictures, with `patches` or `tiles`: "HEIGHTxWIDTH" or one number, at most 4096.
    public var patch: String?
    /// For pictures, with `patches`: "HEIGHTxWIDTH" or one number, at most 4096: store windows of this size for training, of which crops of patch size are drawn anew each time; "whole", also
    /// with `tiles`: the pictures themselves.
    public var window: String?
    /// For images: mirror half of the training examples from left to right.
    public var flips = false
    /// For pictures: 1 for gray, 3 for color.
    public var channels: Int?
    /// The largest content, unpacked, in bytes; at least 1.
    public var maxBytes: Int?
    /// How many images are drawn into a test split where the files have none; 0 makes no test split.
    public var test: Int?

    /// The defaults.
    public init() {}

    /// Why an option cannot be taken as it was given.
    public struct Fault: Error, Equatable {
        /// The property's name in snake_case, such as "max_bytes".
        public var option: String
        /// The rest of the sentence, such as: is "x"; allowed: none, square.
        public var problem: String
    }

    /// Whether anything was asked for.
    public var isEmpty: Bool { self == OwnDatasetOptions() }

    /// - Errors: `Fault` for a value that is not among those allowed, or an option that has no effect without another.
    public func dataset(name: String, path: String) throws(Fault) -> OwnDataset {
        var dataset = OwnDataset(name: name, path: path)
        (dataset.title, dataset.test, dataset.leaveOut, dataset.skipsUnreadable) = (title, test, leaveOut, skipUnreadable)
        if let test, test < 0 { throw Fault(option: "test", problem: "is \(test); allowed: a number of images, 0 for no test split") }
        if let maxBytes {
            guard maxBytes > 0 else { throw Fault(option: "max_bytes", problem: "is \(maxBytes); allowed: a positive number of bytes") }
            dataset.limit = maxBytes
        }
        if let format {
            guard let known = OwnDataset.Format(rawValue: format) else { throw wrong("format", format, OwnDataset.Format.allCases.map(\.rawValue).joined(separator: ", ")) }
            dataset.format = known
        }
        guard let crop = ImageRule.crop(reading: crop ?? "none") else {
            throw wrong("crop", crop ?? "", "none, square, centre:SIDE, box:ROW,COLUMN,HEIGHT,WIDTH")
        }
        guard let resize = ImageRule.Resize(rawValue: resize ?? "area") else { throw wrong("resize", resize ?? "", "area, bilinear") }
        guard self.resize == nil || size != nil else { throw Fault(option: "resize", problem: "has an effect only with size") }
        var extents: (height: Int, width: Int)?
        if let size {
            extents = ImageRule.size(reading: size)
            if extents == nil { throw wrong("size", size, "HEIGHTxWIDTH or one number, at most 4096") }
        }
        try takeResolution(&dataset)
        dataset.rule = ImageRule(crop: crop, height: extents?.height, width: extents?.width, resize: resize)
        return dataset
    }

    private func takeResolution(_ dataset: inout OwnDataset) throws(Fault) {
        dataset.flips = flips
        if let channels {
            guard channels == 1 || channels == 3 else { throw Fault(option: "channels", problem: "is \(channels); allowed: 1 for gray, 3 for color") }
            dataset.channels = channels
        }
        if let patches, !(1...PatchRule.most).contains(patches) { throw Fault(option: "patches", problem: "is \(patches); allowed: 1 to \(PatchRule.most)") }
        if patches != nil || tiles {
            guard let patch else { throw Fault(option: patches != nil ? "patches" : "tiles", problem: "needs the size of a patch, patch") }
            guard let size = ImageRule.size(reading: patch) else { throw wrong("patch", patch, "HEIGHTxWIDTH or one number, at most 4096") }
            dataset.patches = PatchRule(height: size.height, width: size.width, count: patches, tiles: tiles, window: try trainingWindow(size))
        } else if patch != nil {
            throw Fault(option: "patch", problem: "has an effect only with patches or tiles")
        } else if window != nil {
            throw Fault(option: "window", problem: "has an effect only with patches or tiles")
        }
        guard let scale = lowResolution else {
            guard lowResolutionKernel == nil else { throw Fault(option: "low_resolution_kernel", problem: "has an effect only with low_resolution") }
            return
        }
        guard LowResolution.scales.contains(scale) else { throw Fault(option: "low_resolution", problem: "is \(scale); allowed: 2, 4, 8") }
        let name = lowResolutionKernel ?? LowResolution.Kernel.bicubic.rawValue
        guard let kernel = LowResolution.Kernel(rawValue: name) else { throw wrong("low_resolution_kernel", name, "bicubic, given") }
        dataset.lowResolution = LowResolution(scale: scale, kernel: kernel)
    }

    private func trainingWindow(_ patch: (height: Int, width: Int)) throws(Fault) -> PatchRule.Window? {
        guard let window else { return nil }
        if window == "whole" { return .whole }
        guard patches != nil else { throw Fault(option: "window", problem: "has an effect only with patches") }
        guard let size = ImageRule.size(reading: window) else { throw wrong("window", window, "HEIGHTxWIDTH or one number, at most 4096, or whole") }
        guard size.height >= patch.height, size.width >= patch.width, size != patch else {
            throw wrong("window", window, "a size larger than a patch, \(patch.height)x\(patch.width), and nowhere smaller")
        }
        return .fixed(height: size.height, width: size.width)
    }

    private func wrong(_ option: String, _ value: String, _ allowed: String) -> Fault { Fault(option: option, problem: "is \"\(value)\"; allowed: \(allowed)") }
}
