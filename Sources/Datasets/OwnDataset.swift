import Canonical

/// Files of one's own on their way into the store.
public struct OwnDataset: Sendable, Hashable {
    public enum Format: String, Sendable, Hashable, CaseIterable {
        /// A folder of PNG or JPEG pictures; folders such as "train", "val" and "test" are splits, folders within are classes.
        case pictures
        /// A folder of IDX files with "images" and "labels" in their names.
        case idx
        /// An `.npz` file with "images" or "x", and "labels" or "y".
        case npz
        /// A folder of binary batches as of CIFAR-10: data_batch*.bin and test_batch*.bin.
        case cifar
    }

    public let name: String
    /// The name for people; nil takes `name`.
    public var title: String?
    public let path: String
    /// nil lets the content tell.
    public var format: Format?
    /// For pictures.
    public var rule = ImageRule()
    /// How many images are drawn by chance into a test split, where the files have none; nil takes one in seven.
    public var test: Int?
    /// For pictures: files and folders, by their paths within `path`, that are not taken.
    public var leaveOut: [String] = []
    /// For pictures: leaves out, and counts, files that cannot be decoded. Otherwise the first of them ends the import.
    public var skipsUnreadable = false
    /// Whether `path` may be a pipe or a device, which somebody else has to feed to its end.
    public var readsStreams = false
    /// The largest content in bytes, all images together.
    public var limit = defaultLimit

    public static let defaultLimit = 8 << 30

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

    /// - Errors: `DatasetError.notPossible` for a name, a title or options that cannot be.
    func check() throws(DatasetError) {
        guard Self.isValid(name: name) else {
            throw .notPossible(what: "the name \"\(name)\"", problem: "names are lower-case letters, digits and single hyphens, at most 64, a letter first")
        }
        guard !DatasetDescription.all.contains(where: { $0.name == name }) else {
            throw .notPossible(what: "the name \(name)", problem: "it belongs to a data set that Fidelio knows")
        }
        if let title { try Self.check(title: title) }
    }

    /// The name for people: one line of at most 200 bytes, as a study's.
    private static func check(title: String) throws(DatasetError) {
        guard (1...200).contains(title.utf8.count), title.contains(where: { !$0.isWhitespace }) else {
            throw .notPossible(what: "the title", problem: "it has \(title.utf8.count) bytes; 1 to 200 are allowed, and not spaces alone")
        }
        guard !title.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
            throw .notPossible(what: "the title", problem: "it holds a control character, such as a line break")
        }
    }

    /// Refuses options of pictures for another format, which would have no effect.
    func checkOptions(of format: Format) throws(DatasetError) {
        guard format != .pictures else { return }
        let given = [
            (rule.crop != .none, "--crop"), (rule.height != nil, "--size"), (rule.resize != .area, "--resize"), (!leaveOut.isEmpty, "--leave-out"),
            (skipsUnreadable, "--skip-unreadable"),
        ]
        let names = given.filter(\.0).map(\.1)
        guard names.isEmpty else {
            throw .notPossible(
                what: names.joined(separator: ", "), problem: "only folders of PNG or JPEG pictures have these options, and \(SystemPath.readable(path)) is read as \(format.rawValue)")
        }
    }
}
