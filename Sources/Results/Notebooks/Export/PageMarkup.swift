import Canonical

/// A start tag of HTML that was written here: attributes in double quotes, `<` and `>` nowhere else than around tags.
struct MarkupTag {
    var name: String
    var attributes: [(name: String, value: String)]

    subscript(name: String) -> String? {
        get { attributes.first { $0.name == name }?.value }
        set {
            let place = attributes.firstIndex { $0.name == name }
            switch (place, newValue) {
            case (let place?, let value?): attributes[place].value = value
            case (let place?, nil): attributes.remove(at: place)
            case (nil, let value?): attributes.append((name, value))
            case (nil, nil): break
            }
        }
    }

    /// Values are escaped as they were read.
    var html: String { "<\(name)" + attributes.map { " \($0.name)=\"\($0.value)\"" }.joined() + ">" }

    /// - Parameter text: what stands between `<` and `>`
    init?(_ text: Substring) {
        name = String(text.prefix { $0 != " " && $0 != "/" })
        attributes = []
        var rest = text.dropFirst(name.count)
        while let equals = rest.firstIndex(of: "=") {
            let key = rest[..<equals].drop { $0 == " " }, after = rest[rest.index(after: equals)...]
            guard after.first == "\"", !key.contains(" "), let end = after.dropFirst().firstIndex(of: "\"") else { return nil }
            attributes.append((String(key), String(after[after.index(after: after.startIndex)..<end])))
            rest = after[after.index(after: end)...]
        }
    }
}

/// Changes the links and pictures of HTML that was written here, so that it stands in a file of its own.
struct PageMarkup {
    /// The address before paths of the server; nil where these are not to be linked.
    var server: String?
    /// What stands in the place of a picture of the cell.
    var picture: (_ form: String, MarkupTag) -> String
    /// Where a bound number leads.
    var number: ((_ expression: String) -> String)?

    func rewritten(_ html: String) -> String {
        var result = "", rest = html[...]
        while let start = rest.firstIndex(of: "<") {
            result += rest[..<start]
            rest = rest[start...]
            guard let end = Self.end(rest) else { break }
            let text = rest[rest.index(after: start)..<end]
            rest = rest[rest.index(after: end)...]
            result += changed(text) ?? "<\(text)>"
        }
        return result + rest
    }

    /// The end of a tag: the first `>` outside of quotes.
    private static func end(_ text: Substring) -> Substring.Index? {
        var isQuoted = false
        return text.indices.first { place in
            if text[place] == "\"" { isQuoted.toggle() }
            return text[place] == ">" && !isQuoted
        }
    }

    /// The tag as it is to be; nil for one that stays.
    private func changed(_ text: Substring) -> String? {
        switch text.prefix(while: { $0 != " " }) {
        case "a":
            guard var tag = MarkupTag(text) else { return nil }
            if let expression = tag["data-expression"], let number {
                tag["href"] = number(expression)
            } else if let href = tag["href"], href.hasPrefix("/") {
                tag["href"] = server.map { $0.escapedAsHTML + href }
            }
            return tag.html
        case "img":
            guard let tag = MarkupTag(text), let source = tag["src"] else { return nil }
            if source.hasPrefix("cid:") { return picture(String(source.dropFirst(4)), tag) }
            // A picture that only the server has is named.
            guard source.hasPrefix("/") else { return nil }
            let words = tag["alt"].map { $0.isEmpty ? source : $0 } ?? source
            return server.map { "<a href=\"\($0.escapedAsHTML)\(source)\">\(words)</a>" } ?? "<span>\(words)</span>"
        default: return nil
        }
    }
}
