import Foundation
import HTTPTypes

@testable import HTTPServer

/// Targets of paths: routes with every kind of parameter, and a folder of files with others next to it and links out of it.
enum FuzzedPlaces {
    /// The size of every file that may be found, and of no other.
    static let inside = 7

    private static let places: [(pattern: String, names: [String])] = [
        ("/api/v1/runs/{id}", ["id"]), ("/api/v1/runs/{id}/samples/{step:int}.png", ["id", "step"]),
        ("/api/v1/studies/{id}/figures/{name}.svg", ["id", "name"]), ("/api/v1/{name}/x", ["name"]), ("/{rest...}", ["rest"]),
    ]

    /// The parameters of a path, inserted into the pattern, give the path again.
    static let tree: RouteTree = {
        var tree = RouteTree()
        for (pattern, names) in places {
            let handler: Router.ImmediateHandler = { request, parameters in
                let filled = names.reduce(pattern) { text, name in
                    text.replacing("{\(name)}", with: parameters[name]).replacing("{\(name)...}", with: parameters[name])
                        .replacing("{\(name):int}", with: name == "step" ? String(parameters.integer(name)) : "")
                }
                Decoder.demand(filled == request.path || parameters[names[0]].contains("{"), "the place \(pattern) was found by the path \(request.path)")
                return .noContent()
            }
            tree.add(.get, RoutePattern(pattern), .immediate(handler))
        }
        return tree
    }()

    static let files: StaticFiles = {
        let folder = NSTemporaryDirectory() + "fidelio-fuzz-\(ProcessInfo.processInfo.processIdentifier)"
        func put(_ path: String, _ size: Int) {
            let file = URL(fileURLWithPath: folder + "/" + path)
            try? FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try? Data(count: size).write(to: file)
        }
        for path in ["in/index.html", "in/a.js", "in/a.js.gz", "in/b/index.html", "in/b/c d", "in/é"] { put(path, inside) }
        for path in ["out", "in/.hidden", "in/b/.c/d"] { put(path, 99) }
        try? FileManager.default.createSymbolicLink(atPath: folder + "/in/link", withDestinationPath: "../out")
        try? FileManager.default.createSymbolicLink(atPath: folder + "/in/up", withDestinationPath: "..")
        guard let files = try? StaticFiles(folder: folder + "/in") else { fatalError("there is no folder \(folder)") }
        atexit {
            let folder = NSTemporaryDirectory() + "fidelio-fuzz-\(ProcessInfo.processInfo.processIdentifier)"
            try? FileManager.default.removeItem(atPath: folder)
        }
        return files
    }()
}
