import Canonical
import Foundation

/// Checks where a command writes its files. Folders are compared by identity in the file system, not by path: a link, another
/// spelling, or a second mount leads to the same folder.
public enum OutputFolder {
    /// Rejects a folder in which files of a storage would be overwritten: a storage folder itself, or its archives, data sets, encoders,
    /// runs, evaluations, and exports, including subfolders.
    /// - Errors: `StorageError.notATarget`
    public static func check(_ path: String) throws {
        let steps = ancestors(of: path)
        for (place, folder) in steps.enumerated() where FileSystem.exists(StorageFolder(root: folder).catalog) {
            let storage = StorageFolder(root: folder)
            let parts = [storage.archives, storage.datasets, storage.encoders, storage.runs, storage.evaluations, storage.exports]
            // A part that does not exist yet has a name only.
            let isPart = place > 0 && (parts.contains(steps[place - 1]) || parts.compactMap(FileSystem.identity).contains { FileSystem.identity(of: steps[place - 1]) == $0 })
            guard place > 0 && !isPart else {
                throw StorageError.notATarget(path: path, problem: "it lies in the storage folder \(folder), whose files would be replaced; name a folder outside of it")
            }
        }
    }

    /// Whether the folder is `other` or inside it, by whatever path.
    static func isWithin(_ path: String, _ other: String) -> Bool {
        guard let wanted = FileSystem.identity(of: other) else { return false }
        return ancestors(of: path).contains { FileSystem.identity(of: $0) == wanted }
    }

    /// The identities of the folder and of its parents up to the root. For folders that do not exist yet, the topmost new one comes first.
    private static func ancestors(of path: String) -> [String] {
        var present = path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
        var new: [String] = []
        while !FileSystem.exists(present), present != "/" {
            new = [present]
            present = FileSystem.folder(of: present)
        }
        var folders = [URL(fileURLWithPath: present).resolvingSymlinksInPath().path]
        while let last = folders.last, last != "/" { folders.append(FileSystem.folder(of: last)) }
        return new + folders
    }
}
