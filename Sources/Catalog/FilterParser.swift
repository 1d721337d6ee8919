import Canonical
import GRDB

/// Parses the tokens of a filter into a SQL condition with bound values. Recursive descent with limited depth.
struct FilterParser {
    private let words: [FilterToken]
    private let source: ListSource
    private var next = 0
    private var depth = 0
    private(set) var arguments: [DatabaseValue] = []
    /// The metrics whose values are compared, without duplicates.
    private(set) var metrics: [String] = []

    init(words: [FilterToken], source: ListSource) {
        self.words = words
        self.source = source
    }

    private var word: FilterToken { words[next] }

    mutating func parse() throws(QueryError) -> String {
        let sql = try alternatives()
        guard word.kind == .end else { throw FilterToken.error("expected 'and', 'or', or the end of the filter", at: word.place) }
        return sql
    }

    private mutating func accept(name: String) -> Bool {
        guard word.kind == .name(name) else { return false }
        next += 1
        return true
    }

    private mutating func accept(symbol: String) -> Bool {
        guard word.kind == .symbol(symbol) else { return false }
        next += 1
        return true
    }

    private mutating func alternatives() throws(QueryError) -> String {
        depth += 1
        defer { depth -= 1 }
        guard depth <= 20 else { throw FilterToken.error("parentheses are nested too deeply", at: word.place) }
        var parts = [try conjunction()]
        while accept(name: "or") { parts.append(try conjunction()) }
        return parts.count == 1 ? parts[0] : "(" + parts.joined(separator: " OR ") + ")"
    }

    private mutating func conjunction() throws(QueryError) -> String {
        var parts = [try negation()]
        while accept(name: "and") { parts.append(try negation()) }
        return parts.count == 1 ? parts[0] : "(" + parts.joined(separator: " AND ") + ")"
    }

    private mutating func negation() throws(QueryError) -> String {
        var negated = false
        while accept(name: "not") { negated.toggle() }
        let inner: String
        if accept(symbol: "(") {
            inner = try alternatives()
            guard accept(symbol: ")") else { throw FilterToken.error("expected ')'", at: word.place) }
        } else {
            inner = try comparison()
        }
        return negated ? "NOT COALESCE(\(inner), 0)" : inner
    }

    private mutating func comparison() throws(QueryError) -> String {
        let (name, field) = try field()
        if field.isList { return try element(of: field, named: name) }
        if accept(name: "in") { return try membership(field, named: name) }
        let place = word.place
        guard case .symbol(let symbol) = word.kind, ["=", "!=", "<", "<=", ">", ">=", "~"].contains(symbol) else {
            throw FilterToken.error("expected one of = != < <= > >= ~ in", at: place)
        }
        next += 1
        if accept(name: "null") {
            guard symbol == "=" || symbol == "!=" else { throw FilterToken.error("null is allowed only with = and !=", at: place) }
            return "\(field.sql) IS \(symbol == "=" ? "" : "NOT ")NULL"
        }
        if symbol == "~" {
            guard field.kind != .number else { throw FilterToken.error("'~' is allowed only with text", at: place) }
            let part = try value(for: ListField(kind: .text, sql: field.sql), named: name)
            arguments.append(CaseFolding.fold(String.fromDatabaseValue(part) ?? "").databaseValue)
            return "\(CaseFolding.function.name)(\(field.sql), ?)"
        }
        arguments.append(try value(for: field, named: name))
        note(field)
        return symbol == "!=" ? "\(field.sql) IS NOT ?" : "\(field.sql) \(symbol) ?"
    }

    /// A comparison with the elements of a list: `=` and `in` hold if any element is equal, `~` if any contains the text, `!=` if none is equal.
    private mutating func element(of field: ListField, named name: String) throws(QueryError) -> String {
        let place = word.place
        let element = ListField(kind: .text, sql: "value")
        func some(_ condition: String) -> String { "EXISTS (SELECT 1 FROM json_each(\(field.sql)) WHERE \(condition))" }
        if accept(name: "in") { return some(try membership(element, named: name)) }
        guard case .symbol(let symbol) = word.kind, ["=", "!=", "~"].contains(symbol) else { throw FilterToken.error("expected one of = != ~ in", at: place) }
        next += 1
        if symbol != "~", accept(name: "null") { return symbol == "=" ? "NOT \(some("1"))" : some("1") }
        let part = try value(for: element, named: name)
        if symbol == "~" {
            arguments.append(CaseFolding.fold(String.fromDatabaseValue(part) ?? "").databaseValue)
            return some("\(CaseFolding.function.name)(value, ?)")
        }
        arguments.append(part)
        return symbol == "=" ? some("value = ?") : "NOT \(some("value = ?"))"
    }

    private mutating func membership(_ field: ListField, named name: String) throws(QueryError) -> String {
        guard accept(symbol: "(") else { throw FilterToken.error("expected '(' after 'in'", at: word.place) }
        var count = 0
        repeat {
            arguments.append(try value(for: field, named: name))
            count += 1
        } while accept(symbol: ",")
        guard accept(symbol: ")") else { throw FilterToken.error("expected ')' or ','", at: word.place) }
        note(field)
        return "\(field.sql) IN (\(databaseQuestionMarks(count: count)))"
    }

    private mutating func note(_ field: ListField) {
        if let metric = field.metric, !metrics.contains(metric) { metrics.append(metric) }
    }

    private mutating func field() throws(QueryError) -> (name: String, ListField) {
        guard case .name(let name) = word.kind else { throw FilterToken.error("expected the name of a field", at: word.place) }
        guard let field = source.field(name) else { throw FilterToken.error(source.unknown(name), at: word.place) }
        next += 1
        return (name, field)
    }

    private mutating func value(for field: ListField, named name: String) throws(QueryError) -> DatabaseValue {
        let place = word.place
        let kind = word.kind
        next = min(next + 1, words.count - 1)
        switch (field.kind, kind) {
        case (.text, .text(let text)) where field.words?.contains(text) == false:
            let words = field.words ?? []
            let hint = Suggestion.nearest(to: text, among: words).map { " (did you mean '\($0)'?)" } ?? ""
            throw FilterToken.error("'\(text)' is no value of \(name)\(hint); its values are \(words.joined(separator: ", "))", at: place)
        case (.text, .text(let text)), (.either, .text(let text)): return text.databaseValue
        case (.number, .number(let number)), (.either, .number(let number)): return number.databaseValue
        case (.number, .name("true")), (.either, .name("true")): return 1.databaseValue
        case (.number, .name("false")), (.either, .name("false")): return 0.databaseValue
        case (.text, _): throw FilterToken.error("expected text in quotes", at: place)
        case (.number, _): throw FilterToken.error("expected a number", at: place)
        case (.either, _): throw FilterToken.error("expected a number or text in quotes", at: place)
        }
    }
}
