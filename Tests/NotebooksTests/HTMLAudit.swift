import Foundation

/// A reader of HTML as we write it, independent of the writer: every element, attribute and address must be on its lists, every element must be closed
/// in order, and no character that HTML or XML forbids may stand anywhere.
enum HTMLAudit {
    private static let elements: [String: Set<String>] = [
        "p": [], "blockquote": [], "em": [], "strong": [], "del": [], "ul": [], "ol": ["start"], "li": ["class"], "hr": [], "br": [], "pre": ["class"], "code": ["class", "title"],
        "h1": ["id"], "h2": ["id"], "h3": ["id"], "h4": ["id"], "h5": ["id"], "h6": ["id"], "div": ["class"], "table": [], "thead": [], "tbody": [], "tr": [],
        "th": ["class", "scope"], "td": ["class"], "input": ["type", "disabled", "checked", "data-task"], "a": ["href", "title", "rel", "class", "data-expression"],
        "span": ["class", "title", "data-expression"], "img": ["src", "alt", "title", "loading", "decoding"],
        // MathML
        "math": ["display"], "semantics": [], "annotation": ["encoding"], "mrow": ["class"], "mi": ["mathvariant"], "mn": [],
        "mo": ["stretchy", "fence", "form", "lspace", "rspace", "minsize", "maxsize", "separator", "movablelimits"], "mspace": ["width", "class"], "msub": [], "msup": [], "msubsup": [],
        "munder": ["accentunder"], "mover": ["accent"], "munderover": [], "mfrac": ["linethickness"], "msqrt": [], "mroot": [], "mphantom": [], "mstyle": ["displaystyle", "scriptlevel"],
        "mtable": ["class", "displaystyle"], "mtr": [], "mtd": ["class"],
    ]
    private static let empty: Set<String> = ["br", "hr", "img", "input"]

    /// What is wrong.
    static func faults(in html: String) -> [String] {
        var faults: [String] = []
        var open: [String] = []
        var rest = html.utf8[...]
        let bad = html.unicodeScalars.filter { ($0.value < 0x20 && $0 != "\n" && $0 != "\t") || $0.value == 0x7F || (0xFDD0...0xFDEF).contains($0.value) || $0.value & 0xFFFE == 0xFFFE }
        if !bad.isEmpty { faults.append("forbidden characters") }
        while let start = rest.firstIndex(of: UInt8(ascii: "<")) {
            if rest[..<start].contains(UInt8(ascii: ">")) { faults.append("a > outside of a tag") }
            faults += entityFaults(rest[..<start])
            guard let end = rest[start...].firstIndex(of: UInt8(ascii: ">")) else { return faults + ["a tag that does not end"] }
            let tag = String(decoding: rest[rest.index(after: start)..<end], as: UTF8.self)
            rest = rest[rest.index(after: end)...]
            if tag.hasPrefix("/") {
                if open.popLast() != String(tag.dropFirst()) { faults.append("</\(tag.dropFirst())> closes another element") }
                continue
            }
            let isClosed = tag.hasSuffix("/")
            let name = tag.prefix { $0 != " " && $0 != "/" }
            guard let allowed = elements[String(name)] else {
                faults.append("<\(tag)>")
                continue
            }
            faults += attributeFaults(String(tag.dropFirst(name.count).dropLast(isClosed ? 1 : 0)), allowed, tag)
            if !isClosed, !empty.contains(String(name)) { open.append(String(name)) }
        }
        if !open.isEmpty { faults.append("open at the end: \(open)") }
        return faults + entityFaults(rest)
    }

    /// ` name="value"` and ` name`, and nothing else.
    private static func attributeFaults(_ text: String, _ allowed: Set<String>, _ tag: String) -> [String] {
        var faults: [String] = []
        var rest = text[...]
        while !rest.isEmpty {
            guard let match = rest.prefixMatch(of: #/ ([a-z-]+)(?:="([^"<>]*)")?/#.matchingSemantics(.unicodeScalar)) else { return faults + ["attributes of <\(tag)>"] }
            let (name, value) = (String(match.1), match.2.map(String.init) ?? "")
            if !allowed.contains(name) { faults.append("\(name) of <\(tag)>") }
            faults += entityFaults(value.utf8[...])
            if name == "href" || name == "src" { faults += addressFaults(value.replacing("&amp;", with: "&"), isPicture: name == "src") }
            rest = rest[match.range.upperBound...]
        }
        return faults
    }

    private static func addressFaults(_ address: String, isPicture: Bool) -> [String] {
        let isPlain = address.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }
        let isOwn = address.hasPrefix("/") && !address.hasPrefix("//")
        let isAllowed =
            isPicture
            ? isOwn || address.wholeMatch(of: #/data:image/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=]*/#) != nil
            : isOwn || address.hasPrefix("#") || address.lowercased().hasPrefix("mailto:") || address.lowercased().prefixMatch(of: #/https?://[a-z0-9\[%]/#) != nil
        return isPlain && isAllowed ? [] : ["the address \(address.prefix(80))"]
    }

    private static func entityFaults(_ text: Substring.UTF8View) -> [String] {
        guard text.contains(UInt8(ascii: "&")) else { return [] }
        // By bytes: a combining mark behind the semicolon is no part of the entity.
        let words = text.split(separator: UInt8(ascii: "&"), omittingEmptySubsequences: false).dropFirst()
        let isFine = words.allSatisfy { word in ["amp;", "lt;", "gt;", "quot;", "#39;"].contains { word.starts(with: $0.utf8) } }
        return isFine ? [] : ["an entity of another kind"]
    }
}
