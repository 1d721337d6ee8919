import Canonical

/// Import settings of custom files.
public struct OwnDataset: Sendable, Hashable {
    /// The supported formats.
    public enum Format: String, Sendable, Hashable, CaseIterable {
        /// A folder of PNG or JPEG images; folders such as "train", "val", and "test" are splits, subfolders are classes.
        case pictures
        /// A folder of IDX files with "images" and "labels" in their names.
        case idx
        /// An `.npz` file with "images" or "x", and "labels" or "y".
        case npz
        /// A folder of binary batches in the CIFAR-10 format: data_batch*.bin and test_batch*.bin.
        case cifar
    }

    /// The name of the data set.
    public let name: String
    /// The human-readable title; nil for `name`.
    public var title: String?
    /// The file or folder to import.
    public let path: String
    /// nil to detect the format.
    public var format: Format?
    /// Preprocessing of images.
    public var rule = ImageRule()
    /// The low-resolution partners of the images; nil for none.
    public var lowResolution: LowResolution?
    /// For pictures: the patches to cut from each of them; nil to keep them whole.
    public var patches: PatchRule?
    /// Whether half of the training examples are mirrored from left to right, drawn anew in every epoch.
    public var flips = false
    /// For pictures: 1 or 3 to convert all of them to gray or color; nil to keep those of the first.
    public var channels: Int?
    /// Number of images drawn at random into a test split if the files have none (of pictures, where patches are cut); nil for one in seven.
    public var test: Int?
    /// For images: files and folders to skip, by path relative to `path`.
    public var leaveOut: [String] = []
    /// For images: whether to skip and count files that cannot be decoded. Otherwise the first one ends the import.
    public var skipsUnreadable = false
    /// Whether `path` may be a pipe or a device, which is read to its end.
    public var readsStreams = false
    /// Size limit of the content in bytes, all images together.
    public var limit = defaultLimit

    /// 8 GiB.
    public static let defaultLimit = 8 << 30

    /// Creates an import with default settings.
    public init(name: String, path: String) {
        (self.name, self.path) = (name, path)
    }

    /// Names of data sets: lower-case letters, digits and single hyphens, at most 64, a letter first.
    public static func isValid(name: String) -> Bool {
        guard (1...64).contains(name.utf8.count), name.first?.isLetter == true, name.last != "-", !name.contains("--") else { return false }
        return name.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
        }
    }

    /// - Errors: `DatasetError.notPossible` for an invalid name, title, or option.
    func check() throws(DatasetError) {
        guard Self.isValid(name: name) else {
            throw .notPossible(what: "the name \"\(name)\"", problem: "names consist of at most 64 lower-case letters, digits and single hyphens, and begin with a letter")
        }
        guard !DatasetDescription.all.contains(where: { $0.name == name }) else {
            throw .notPossible(what: "the name \(name)", problem: "it is the name of a built-in data set")
        }
        if let title { try Self.check(title: title) }
    }

    /// Validates the title: one line of at most 200 bytes, as for a study.
    private static func check(title: String) throws(DatasetError) {
        guard (1...200).contains(title.utf8.count), title.contains(where: { !$0.isWhitespace }) else {
            throw .notPossible(what: "the title", problem: "it has \(title.utf8.count) bytes; 1 to 200 are allowed, not only spaces")
        }
        guard !title.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
            throw .notPossible(what: "the title", problem: "it contains a control character, such as a line break")
        }
    }

    /// Rejects image options for other formats, where they would have no effect.
    func checkOptions(of format: Format) throws(DatasetError) {
        guard format != .pictures else { return try checkSizes() }
        let given = [
            (!leaveOut.isEmpty, "--leave-out"),
            (skipsUnreadable, "--skip-unreadable"), (patches != nil, "--patches"), (channels != nil, "--channels"),
            (lowResolution?.kernel == .given, "--low-resolution-kernel given"),
        ]
        let names = given.filter(\.0).map(\.1)
        guard names.isEmpty else {
            throw .notPossible(
                what: names.joined(separator: ", "), problem: "these options apply only to folders of PNG or JPEG images, but \(SystemPath.readable(path)) is read as \(format.rawValue)")
        }
    }

    /// Rejects sizes that do not fit the scale before anything is read.
    private func checkSizes() throws(DatasetError) {
        guard let lowResolution else { return }
        let scale = lowResolution.scale
        if let patches, !patches.height.isMultiple(of: scale) || !patches.width.isMultiple(of: scale) {
            throw .notPossible(what: "patches of \(patches.height) x \(patches.width)", problem: "their sides must be multiples of the scale, \(scale)")
        }
        if case .fixed(let height, let width)? = patches?.window, !height.isMultiple(of: scale) || !width.isMultiple(of: scale) {
            throw .notPossible(what: "windows of \(height) x \(width)", problem: "their sides must be multiples of the scale, \(scale)")
        }
        guard lowResolution.kernel == .given, rule != ImageRule() else { return }
        throw .notPossible(what: "--crop and --size", problem: "they do not apply to given low-resolution pictures; cut patches of both with --patches and --patch")
    }

    /// Rejects low-resolution partners of images that the scale does not divide, and mirrored points.
    func checkPartners(of content: OwnContent) throws(DatasetError) {
        guard content.kind == .images || !flips else { throw .notPossible(what: "--flips", problem: "\(SystemPath.readable(path)) contains points") }
        guard let lowResolution else { return }
        guard content.kind == .images else { throw .notPossible(what: "--low-resolution", problem: "\(SystemPath.readable(path)) contains points, which have no low resolution") }
        guard lowResolution.shape(of: content.shape) != nil else {
            let advice = patches == nil ? "; choose a multiple with --crop, --size, or --patches and --patch" : ""
            throw .notPossible(
                what: "images of \(content.shape)", problem: "the scale \(lowResolution.scale) of the low resolution does not divide their height and width\(advice)")
        }
    }
}
