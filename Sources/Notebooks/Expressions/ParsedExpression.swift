package import Canonical

/// A number bound to results, as it stands in a text between double braces: `min(fid, study = "small-polygons", model = "ns-gan")`.
///
/// A value: what was asked for, without the spelling. Two expressions are equal if their canonical texts are.
package struct ParsedExpression: Sendable {
    /// The value of a named argument.
    package enum Value: Sendable, Hashable {
        case texts([String])
        case integers([Int])
        case word(String)

        /// The texts or words.
        package var texts: [String] {
            switch self {
            case .texts(let texts): texts
            case .integers: []
            case .word(let word): [word]
            }
        }
    }

    /// The function.
    package let function: ExpressionGrammar.Function
    /// The metric's name; nil for the objective, or for none.
    package let metric: String?
    /// The two models of a difference or an improvement.
    package let pair: [String]
    /// The named arguments by name.
    package let arguments: [String: Value]
    /// Columns of the values that were written, by name of the argument; "metric" and "pair" for the positional ones.
    package let columns: [String: Int]

    /// Reads an expression.
    /// - Errors: `ExpressionError` with the column.
    package init(parsing source: String) throws(ExpressionError) {
        guard source.utf8.count <= ExpressionGrammar.longest else {
            throw ExpressionError(column: nil, "the expression is longer than \(ExpressionGrammar.longest) bytes")
        }
        var parser = try ExpressionParser(source)
        let call = try parser.call()
        guard let function = ExpressionGrammar.function(call.function.name) else {
            throw .unknown("function", call.function.name, known: ExpressionGrammar.functions.map(\.name), column: call.function.column)
        }
        self.function = function
        var columns: [String: Int] = [:], names: [String: Int] = [:], arguments: [String: Value] = [:]
        (metric, pair) = try Self.positional(call.positional, of: function, &columns)
        for (name, column, values) in call.named {
            guard function.arguments.contains(name), let argument = ExpressionGrammar.argument(name) else {
                throw .unknown("argument of \(function.name)", name, known: function.arguments, column: column)
            }
            guard arguments[name] == nil else { throw ExpressionError(column: column, "\(name) is given twice") }
            (columns[name], names[name]) = (values.column, column)
            arguments[name] = try Self.value(values, argument)
        }
        (self.arguments, self.columns) = (arguments, columns)
        try checkTogether(names)
    }

    /// The texts of an argument; empty without it.
    package func texts(_ name: String) -> [String] { arguments[name]?.texts ?? [] }

    /// The only text or word of an argument; nil without it.
    package func text(_ name: String) -> String? { texts(name).first }

    /// The integers of an argument; empty without it.
    package func integers(_ name: String) -> [Int] { if case .integers(let values)? = arguments[name] { values } else { [] } }

    /// The truth of an argument; nil without it.
    package func truth(_ name: String) -> Bool? { text(name).map { $0 == "true" } }

    /// Rules that concern several arguments.
    /// - Parameter names: the columns of the names
    private func checkTogether(_ names: [String: Int]) throws(ExpressionError) {
        guard arguments["study"] != nil || arguments["run"] != nil else {
            throw ExpressionError(column: nil, "\(function.name) names no results: add study = \"…\" with a study's name or id, or run = \"…\"")
        }
        func exclude(_ name: String, with others: [String]) throws(ExpressionError) {
            guard arguments[name] != nil, let other = others.first(where: { arguments[$0] != nil }) else { return }
            throw ExpressionError(column: names[name], "\(name) and \(other) exclude each other")
        }
        try exclude("hyperparameter", with: ["show", "budget", "percent"])
        try exclude("budget", with: ["show"])
        if function.name == "best" {
            for name in ["unit", "interval"] where arguments[name] != nil && arguments["budget"] == nil {
                throw ExpressionError(column: names[name], "\(name) needs budget = …")
            }
        }
        if let show = text("show"), show != "value", let name = ["percent", "digits"].first(where: { arguments[$0] != nil }) {
            throw ExpressionError(column: names[name], "\(name) has no effect on show = \(show)")
        }
        guard pair.count != 2 || pair[0] != pair[1] else { throw ExpressionError(column: columns["pair"], "\(function.name) compares two different models") }
    }
}

// MARK: Reading

extension ParsedExpression {
    private static func positional(
        _ given: [ExpressionParser.Values], of function: ExpressionGrammar.Function, _ columns: inout [String: Int]
    ) throws(ExpressionError) -> (metric: String?, pair: [String]) {
        let wanted = switch function.positional {
        case .nothing: 0...0
        case .metric, .optionalMetric: 0...1
        case .metricAndPair: 3...3
        }
        guard wanted.contains(given.count) else {
            let words = function.positional == .metricAndPair ? "a metric and two models before the named arguments" : wanted.upperBound == 0 ? "only named arguments" : "one metric before the named arguments"
            throw ExpressionError(column: given.count > wanted.upperBound ? given[wanted.upperBound].column : nil, "\(function.name) takes \(words)")
        }
        var texts: [String] = []
        for (place, values) in given.enumerated() {
            guard values.elements.count == 1, case .text(let text)? = values.elements.first?.value, !text.isEmpty else {
                throw ExpressionError(column: values.column, place == 0 ? "expected a metric, such as fid" : "expected the name of a model")
            }
            texts.append(text)
        }
        if !given.isEmpty { columns["metric"] = given[0].column }
        if given.count > 1 { columns["pair"] = given[1].column }
        return (texts.first.flatMap { $0 == ExpressionGrammar.objective && function.positional != .optionalMetric ? nil : $0 }, Array(texts.dropFirst()))
    }

    private static func value(_ given: ExpressionParser.Values, _ argument: ExpressionGrammar.Argument) throws(ExpressionError) -> Value {
        switch argument.kind {
        case .text: return .texts(try texts(given, argument, most: 1))
        case .texts(let most): return .texts(try texts(given, argument, most: most))
        case .word(let known): return .word(try words(given, argument, known, most: 1)[0])
        case .words(let known): return .texts(try words(given, argument, known, most: known.count))
        case .integer(let range): return .integers(try integers(given, argument, range, most: 1))
        case .integers(let range, let most): return .integers(try integers(given, argument, range, most: most))
        }
    }

    private static func texts(_ given: ExpressionParser.Values, _ argument: ExpressionGrammar.Argument, most: Int) throws(ExpressionError) -> [String] {
        var texts: [String] = []
        for (value, column) in given.elements {
            guard case .text(let text) = value, !text.isEmpty else { throw mismatch(argument, column) }
            guard !texts.contains(text) else { throw ExpressionError(column: column, "\(argument.name): \"\(text.prefix(80))\" is a duplicate") }
            texts.append(text)
        }
        guard texts.count <= most else { throw mismatch(argument, given.column) }
        return texts
    }

    private static func words(_ given: ExpressionParser.Values, _ argument: ExpressionGrammar.Argument, _ known: [String], most: Int) throws(ExpressionError) -> [String] {
        let words = try texts(given, argument, most: most)
        for (word, element) in zip(words, given.elements) where !known.contains(word) { throw .unknown("value of \(argument.name)", word, known: known, column: element.column) }
        return known.filter(words.contains)
    }

    private static func integers(
        _ given: ExpressionParser.Values, _ argument: ExpressionGrammar.Argument, _ range: ClosedRange<Int>, most: Int
    ) throws(ExpressionError) -> [Int] {
        var integers: [Int] = []
        for (value, column) in given.elements {
            guard case .number(let number) = value, let integer = Int(exactly: number), range.contains(integer) else { throw mismatch(argument, column) }
            guard !integers.contains(integer) else { throw ExpressionError(column: column, "\(argument.name): \(integer) is a duplicate") }
            integers.append(integer)
        }
        guard integers.count <= most else { throw mismatch(argument, given.column) }
        return integers
    }

    private static func mismatch(_ argument: ExpressionGrammar.Argument, _ column: Int) -> ExpressionError {
        ExpressionError(column: column, "\(argument.name) must be \(argument.kind.text)")
    }
}

// MARK: Writing

extension ParsedExpression {
    /// The canonical text: arguments in the order of the grammar, text in double quotes, a list of one as its element.
    package var text: String {
        var parts = metric.map { [Self.plain($0)] } ?? (function.positional == .metricAndPair ? [ExpressionGrammar.objective] : [])
        parts += pair.map(Self.quoted)
        for argument in ExpressionGrammar.arguments {
            guard let value = arguments[argument.name] else { continue }
            parts.append("\(argument.name) = \(Self.written(value, argument.kind))")
        }
        return "\(function.name)(\(parts.joined(separator: ", ")))"
    }

    /// The expression as JSON: the function, the positional arguments, and the named ones under their names.
    package var json: JSONValue {
        var members: [String: JSONValue] = ["function": .string(function.name), "metric": .optional(metric)]
        if !pair.isEmpty { members["pair"] = .array(pair.map { .string($0) }) }
        for (name, value) in arguments {
            members[name] = switch value {
            case .texts(let texts): .array(texts.map { .string($0) })
            case .integers(let integers): .array(integers.map { .count($0) })
            case .word(let word): word == "true" || word == "false" ? .bool(word == "true") : .string(word)
            }
        }
        return .object(members)
    }

    private static func written(_ value: Value, _ kind: ExpressionGrammar.Kind) -> String {
        let elements: [String] = switch (value, kind) {
        case (.texts(let words), .words): words
        case (.texts(let texts), _): texts.map(quoted)
        case (.integers(let integers), _): integers.map { "\($0)" }
        case (.word(let word), _): [word]
        }
        return elements.count == 1 ? elements[0] : "[\(elements.joined(separator: ", "))]"
    }

    /// A word as it is, any other text in quotes.
    private static func plain(_ text: String) -> String {
        let isLetter = text.utf8.first.map { UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 | 0x20 } ?? false
        return isLetter && text.unicodeScalars.allSatisfy(ExpressionScanner.isWord) ? text : quoted(text)
    }

    private static func quoted(_ text: String) -> String {
        "\"" + text.backslashed("\\\"") + "\""
    }
}

extension ParsedExpression: Hashable {
    /// Equality of the canonical texts.
    package static func == (a: ParsedExpression, b: ParsedExpression) -> Bool { a.text == b.text }
    /// Hashes the canonical text.
    package func hash(into hasher: inout Hasher) { hasher.combine(text) }
}
