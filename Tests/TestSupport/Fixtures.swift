import Foundation

/// Files of `Tests/Fixtures`, read in place.
public enum Fixtures {
    public static func path(_ name: String) -> String {
        // Another package may refer to this file by a symbolic link.
        let here = URL(fileURLWithPath: #filePath).deletingLastPathComponent().resolvingSymlinksInPath()
        let tests = here.deletingLastPathComponent()
        return tests.appendingPathComponent("Fixtures/\(name)").path
    }

    public static func bytes(_ name: String) throws -> [UInt8] {
        try [UInt8](Data(contentsOf: URL(fileURLWithPath: path(name))))
    }

    public static func text(_ name: String) throws -> String {
        try String(contentsOfFile: path(name), encoding: .utf8)
    }
}
