/// An element of a figure's SVG, with its attributes and its text.
struct DrawnElement: Sendable, Equatable {
    var name: String
    var attributes: [String: String]
    var text = ""
}

/// Why an SVG is not drawn: it is none of ours.
public struct RasterError: Error, Equatable, CustomStringConvertible {
    /// What is not known, and where.
    public let problem: String

    public var description: String { "the SVG cannot be drawn as pixels: \(problem)" }
}

/// Reads the SVG that `SVGDocument` writes: elements in drawing order, without groups and descriptions. It is a closed set, and anything else is an error, so that
/// no picture silently lacks a part.
struct DrawnElements {
    private(set) var elements: [DrawnElement] = []
    private(set) var width = 0.0
    private(set) var height = 0.0

    private static let shapes: Set<String> = ["rect", "line", "path", "text"]

    /// - Errors: `RasterError`
    init(_ svg: String) throws(RasterError) {
        var rest = Substring(svg)[...]
        var open: [String] = []
        while let start = rest.firstIndex(of: "<") {
            let words = rest[..<start]
            if open.last == "text", !elements.isEmpty { elements[elements.count - 1].text = try Self.unescaped(words) }
            guard let end = rest[start...].firstIndex(of: ">") else { throw RasterError(problem: "an element has no end") }
            var tag = rest[rest.index(after: start)..<end]
            rest = rest[rest.index(after: end)...]
            if tag.first == "/" {
                guard open.popLast() == String(tag.dropFirst()) else { throw RasterError(problem: "</\(tag.dropFirst())> ends nothing") }
                continue
            }
            let isWhole = tag.last == "/"
            if isWhole { tag = tag.dropLast() }
            let (name, attributes) = try Self.tag(tag)
            if !isWhole { open.append(name) }
            switch name {
            case "svg": (width, height) = (try Self.size(attributes["width"]), try Self.size(attributes["height"]))
            case "g", "title", "desc": break
            case _ where Self.shapes.contains(name): elements.append(DrawnElement(name: name, attributes: attributes))
            default: throw RasterError(problem: "<\(name)> is unknown")
            }
        }
        guard open.isEmpty, width > 0 else { throw RasterError(problem: open.last.map { "<\($0)> has no end" } ?? "there is no <svg>") }
    }

    private static func size(_ text: String?) throws(RasterError) -> Double {
        guard let value = text.flatMap(Double.init), value >= 1, value <= 20_000 else { throw RasterError(problem: "the size \(text ?? "is missing")") }
        return value
    }

    private static func tag(_ text: Substring) throws(RasterError) -> (String, [String: String]) {
        let name = text.prefix { $0 != " " }
        var rest = text.dropFirst(name.count), attributes: [String: String] = [:]
        while true {
            rest = rest.drop { $0 == " " }
            if rest.isEmpty { return (String(name), attributes) }
            guard let equals = rest.firstIndex(of: "="), case let key = rest[..<equals], rest[equals...].hasPrefix("=\"") else { throw RasterError(problem: "an attribute of <\(name)>") }
            let value = rest[rest.index(equals, offsetBy: 2)...]
            guard let end = value.firstIndex(of: "\"") else { throw RasterError(problem: "an attribute of <\(name)> has no end") }
            attributes[String(key)] = try unescaped(value[..<end])
            rest = value[value.index(after: end)...]
        }
    }

    private static let entities: [(String, Character)] = [("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\"")]

    private static func unescaped(_ text: Substring) throws(RasterError) -> String {
        guard text.contains("&") else { return String(text) }
        var result = "", rest = text
        while let place = rest.firstIndex(of: "&") {
            result += rest[..<place]
            rest = rest[place...]
            guard let (entity, character) = entities.first(where: { rest.hasPrefix($0.0) }) else { throw RasterError(problem: "an unknown entity") }
            result.append(character)
            rest = rest.dropFirst(entity.count)
        }
        return result + rest
    }
}
