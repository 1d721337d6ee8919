import Foundation

/// The real data sets, which are not part of the repository. Tests that need them are skipped if they are missing.
///
/// They are expected in the folder given by FIDELIO_SHARED_DATA, otherwise in `shared/data` next to
/// the package or above it.
public enum SharedData {
    /// The folder, or nil if it is missing.
    public static let folder: String? = find()

    public static var isPresent: Bool { folder != nil }

    /// The path of a file or folder in the shared data, or nil if it is missing.
    public static func path(_ name: String) -> String? {
        guard let path = folder.map({ "\($0)/\(name)" }) else { return nil }
        return FileManager.default.fileExists(atPath: path) ? path : nil
    }

    private static func find() -> String? {
        if let named = ProcessInfo.processInfo.environment["FIDELIO_SHARED_DATA"] {
            return FileManager.default.fileExists(atPath: named) ? named : nil
        }
        var place = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        while place.path != "/" {
            let candidate = place.appendingPathComponent("shared/data").path
            if FileManager.default.fileExists(atPath: candidate) { return candidate }
            place.deleteLastPathComponent()
        }
        return nil
    }
}
