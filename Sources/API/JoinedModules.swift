import Canonical

/// The modules that every page needs, as one file: those that `index.html` asks for in advance, and the one that it runs.
///
/// Nothing is parsed but the lines of imports, which stand alone: imports of one another are left out, and every other module imports the joined file in their place. Names at the
/// top of these modules are therefore different; a test compares them.
struct JoinedModules {
    /// The path of the joined file.
    static let path = "js/joined.js"
    /// The paths of the joined modules, in the order in which they run.
    let members: [String]

    private static var link: Regex<(Substring, Substring)> { #/ *<link rel="modulepreload" href="/([^"]+)">\n?/# }
    private static var script: Regex<(Substring, Substring)> { #/<script type="module" src="/([^"]+)"></script>/# }
    private static var statement: Regex<(Substring, Substring, Substring)> { #/^(import [^;\n]*? from )"(\.[^"\n]+)";\n/#.anchorsMatchLineEndings() }
    private static var specifier: Regex<(Substring, Substring, Substring)> { #/(\bfrom |\bimport\()"(\.[^"\n]+)"/# }

    /// Nil if the document runs no module.
    init?(document html: String) {
        guard let script = html.firstMatch(of: Self.script) else { return nil }
        members = html.matches(of: Self.link).map { String($0.1) } + [String(script.1)]
    }

    /// The document, which runs the joined file.
    func document(_ html: String) -> String {
        html.replacing(Self.link, with: "").replacing(Self.script, with: "<script type=\"module\" src=\"/\(Self.path)\"></script>")
    }

    /// The joined file.
    /// - Parameter read: the text of a file
    func text(_ read: (String) -> String?) -> String? {
        var parts: [String] = []
        for member in members {
            guard let text = read(member) else { return nil }
            let alone = text.replacing(Self.statement) { members.contains(Self.target($0.2, from: member)) ? "" : String($0.0) }
            parts.append(alone.replacing(Self.specifier) { "\($0.1)\"\(self.named(Self.target($0.2, from: member), from: Self.path))\"" })
        }
        return parts.joined(separator: "\n")
    }

    /// A module that imports the joined file in place of its members.
    func rewritten(_ text: String, at path: String) -> String {
        text.replacing(Self.specifier) { match in
            let target = Self.target(match.2, from: path)
            return members.contains(target) ? "\(match.1)\"\(self.named(target, from: path))\"" : String(match.0)
        }
    }

    /// The path of a module that another names relative to itself.
    private static func target(_ name: Substring, from path: String) -> String {
        var parts = path.split(separator: "/").dropLast()
        for part in name.split(separator: "/") {
            if part == ".." { parts = parts.dropLast() } else if part != "." { parts.append(part) }
        }
        return parts.joined(separator: "/")
    }

    /// The name of a module, or of the joined file if it is a member, relative to another.
    private func named(_ target: String, from path: String) -> String {
        let (wanted, here) = ((members.contains(target) ? Self.path : target).split(separator: "/"), path.split(separator: "/").dropLast())
        let shared = zip(wanted.dropLast(), here).prefix { $0 == $1 }.count
        let up = Array(repeating: "..", count: here.count - shared)
        return ((up.isEmpty ? ["."] : up) + wanted.dropFirst(shared).map(String.init)).joined(separator: "/")
    }
}
