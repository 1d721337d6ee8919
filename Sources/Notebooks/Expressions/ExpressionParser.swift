import Canonical

/// Parses `function(metric, name = value, …)`. Lists are not nested, so neither is anything else.
struct ExpressionParser {
    /// A value as it was written.
    enum Value: Equatable {
        /// A word, or text in quotes.
        case text(String)
        case number(Double)
    }

    /// A value, or the elements of a list, each with its column.
    typealias Values = (elements: [(value: Value, column: Int)], column: Int)

    private var scanner: ExpressionScanner
    private var token: ExpressionScanner.Token
    private var column: Int

    init(_ source: String) throws(ExpressionError) {
        scanner = ExpressionScanner(source)
        (token, column) = try scanner.token()
    }

    /// The function, the positional values, and the named ones in the order in which they were written.
    mutating func call() throws(ExpressionError) -> (function: (name: String, column: Int), positional: [Values], named: [(name: String, column: Int, values: Values)]) {
        guard case .word(let name) = token else { throw expected("a function, such as min(fid, study = \"…\")") }
        let function = (name: name, column: column)
        try advance()
        try take("(", "\"(\" after the function")
        var positional: [Values] = [], named: [(name: String, column: Int, values: Values)] = []
        while token != .symbol(")") {
            guard positional.count + named.count < ExpressionParser.mostArguments else { throw ExpressionError(column: column, "more than \(ExpressionParser.mostArguments) arguments") }
            let start = column
            let value = try values()
            if token == .symbol("=") {
                guard case .text(let name)? = value.elements.first?.value, value.elements.count == 1 else { throw ExpressionError(column: start, "a name stands before \"=\"") }
                try advance()
                named.append((name, start, try values()))
            } else {
                guard named.isEmpty else { throw ExpressionError(column: start, "an argument without a name stands before the named ones; write name = value") }
                positional.append(value)
            }
            if token == .symbol(",") { try advance() } else if token != .symbol(")") { throw expected("\",\" or \")\"") }
        }
        try advance()
        guard token == .end else { throw expected("the end of the expression") }
        return (function, positional, named)
    }

    private static let mostArguments = 32
    private static let mostElements = 200

    private mutating func values() throws(ExpressionError) -> Values {
        let start = column
        guard token == .symbol("[") else { return ([(try value(), start)], start) }
        try advance()
        var elements: [(value: Value, column: Int)] = []
        while token != .symbol("]") {
            guard elements.count < ExpressionParser.mostElements else { throw ExpressionError(column: column, "a list of more than \(ExpressionParser.mostElements)") }
            let place = column
            elements.append((try value(), place))
            if token == .symbol(",") { try advance() } else if token != .symbol("]") { throw expected("\",\" or \"]\"") }
        }
        try advance()
        guard !elements.isEmpty else { throw ExpressionError(column: start, "the list is empty") }
        return (elements, start)
    }

    private mutating func value() throws(ExpressionError) -> Value {
        let value: Value
        switch token {
        case .word(let text), .text(let text): value = .text(text)
        case .number(let number): value = .number(number)
        case .symbol, .end: throw expected("a value: a word, text in quotes, a number, or a list in brackets")
        }
        try advance()
        return value
    }

    private mutating func advance() throws(ExpressionError) { (token, column) = try scanner.token() }

    private mutating func take(_ symbol: Character, _ what: String) throws(ExpressionError) {
        guard token == .symbol(symbol) else { throw expected(what) }
        try advance()
    }

    private func expected(_ what: String) -> ExpressionError {
        let found = switch token {
        case .word(let text): "\"\(text.prefix(40))\""
        case .text(let text): "the text \"\(text.prefix(40))\""
        case .number(let number): JSONNumber.text(number)
        case .symbol(let symbol): "\"\(symbol)\""
        case .end: "the end"
        }
        return ExpressionError(column: column, "expected \(what), found \(found)")
    }
}
