import Canonical
import Notebooks

/// A notebook that comes along, among the files of the page.
struct StarterNotebook {
    let name, title, says: String

    var json: JSONValue { ["name": .string(name), "title": .string(title), "says": .string(says)] }

    private static func folder() throws -> String {
        guard let page = PageFolder.found else { throw CommandFailure("the files of the page are not next to the program", code: CommandFailure.Code.unavailable) }
        return page + "/starters"
    }

    /// All of them, in the order in which they are read.
    static func all() throws -> [StarterNotebook] {
        let list = try JSONValue(document: try FileSystem.read(try folder() + "/index.json", limit: 1 << 20))
        return try list.answeredList().map { StarterNotebook(name: try $0.answeredText("name"), title: try $0.answeredText("title"), says: try $0.answeredText("says")) }
    }

    /// The text of the one with this name.
    /// - Errors: `CommandFailure` that names those that there are
    static func text(_ name: String) throws -> String {
        let names = try all().map(\.name)
        guard names.contains(name) else {
            throw CommandFailure("there is no notebook \(name) to start from; there are \(names.joined(separator: ", "))", code: CommandFailure.Code.badInput)
        }
        return String(decoding: try FileSystem.read(try folder() + "/\(name).md", limit: NotebookLimits.textBytes), as: UTF8.self)
    }
}
