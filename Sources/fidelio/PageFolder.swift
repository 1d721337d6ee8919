import Canonical
import Foundation

/// Where the files of the page are: in the working folder, or above the program's folder.
enum PageFolder {
    static var found: String? {
        var place = URL(fileURLWithPath: CommonOptions.executable).resolvingSymlinksInPath().deletingLastPathComponent()
        var candidates = ["Public"]
        for _ in 0..<5 {
            candidates.append(place.path + "/Public")
            place.deleteLastPathComponent()
        }
        return candidates.first { FileSystem.exists($0 + "/index.html") }
    }
}
