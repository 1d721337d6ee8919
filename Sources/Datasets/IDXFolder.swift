import Canonical

/// Finds the IDX files of a folder in all common layouts: with a hyphen or a dot before "idx", gzipped or not, each in a folder of the
/// same name, or in a folder such as `MNIST/raw`.
enum IDXFolder {
    /// Image files.
    static func isImages(_ name: String) -> Bool { has(name, "images") && name.lowercased().contains("idx3") }

    /// Label files.
    static func isLabels(_ name: String) -> Bool { has(name, "labels") }

    private static func has(_ name: String, _ word: String) -> Bool { name.lowercased().contains(word) && !name.hasPrefix(".") }

    /// The normalized name of a file: "train-images-idx3-ubyte".
    static func key(_ name: String) -> String {
        let plain = isPacked(name) ? String(name.dropLast(3)) : name
        return String(plain.lowercased().map { "._ ".contains($0) ? "-" : $0 })
    }

    static func isPacked(_ name: String) -> Bool { name.lowercased().hasSuffix(".gz") }

    /// The folders with image or label files on the first level that has images: this folder only, or folders at most two levels below.
    static func folders(in folder: String) throws(DatasetError) -> [String] {
        var level = [folder]
        for _ in 0...2 {
            var found: [String] = [], below: [String] = [], hasImages = false
            for folder in level {
                let names = try namesInFolder(folder).filter { !$0.hasPrefix(".") }
                let inner = names.filter { FileSystem.isFolder("\(folder)/\($0)") }
                let files = names.filter { !inner.contains($0) }
                hasImages = hasImages || files.contains(where: isImages)
                if files.contains(where: { isImages($0) || isLabels($0) }) { found.append(folder) }
                // Folders of many classes are no place for IDX files.
                if inner.count <= 32 { below += inner.map { "\(folder)/\($0)" } }
            }
            if hasImages { return found }
            level = below
        }
        return []
    }

    /// Possible paths of a file with a known name: in the folder, in a folder of the same name, or up to two levels below; all spellings.
    static func candidates(_ name: String, in folder: String) throws(DatasetError) -> [String] {
        let dotted = name.replacing("-idx", with: ".idx")
        let spellings = [name, name + ".gz", dotted, dotted + ".gz"]
        func within(_ folder: String) -> [String] { spellings.map { "\(folder)/\($0)" }.filter { FileSystem.kind(of: $0) == .file } }
        var level = [folder], found: [String] = []
        for _ in 0...2 where found.isEmpty {
            found = level.flatMap(within)
            var below: [String] = []
            for folder in level where FileSystem.isFolder(folder) {
                let inner = try namesInFolder(folder).filter { !$0.hasPrefix(".") && FileSystem.isFolder("\(folder)/\($0)") }
                if inner.count <= 32 { below += inner.map { "\(folder)/\($0)" } }
            }
            level = below
        }
        return found
    }
}
