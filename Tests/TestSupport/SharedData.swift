import Foundation

/// The real data sets, which are no part of the repository. Tests that need them are skipped where they are absent.
///
/// They are looked for in the folder that the environment names as FIDELIO_SHARED_DATA, else in `shared/data` beside
/// the package or above it.
public enum SharedData {
    /// The folder, or nil where there is none.
    public static let folder: String? = find()

    public static var isPresent: Bool { folder != nil }

    /// The path of a file or folder in the shared data, or nil where it is absent.
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
