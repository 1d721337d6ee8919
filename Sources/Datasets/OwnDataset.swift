/// Files of one's own on their way into the store.
public struct OwnDataset: Sendable, Hashable {
    public enum Format: String, Sendable, Hashable, CaseIterable {
        /// A folder of PNG or JPEG pictures; folders "train" and "test" are splits, folders within are classes.
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
    /// nil lets the path tell.
    public var format: Format?
    /// For pictures.
    public var rule = ImageRule()
    /// How many images are drawn by chance into a test split, where the files have none; nil takes one in seven.
    public var test: Int?

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
}
