import Foundation
import Testing

@testable import API
@testable import Execution

/// The types with which the page's type checker reads responses are generated from the API's schemas.
@Suite("The page's response types")
struct PageTypesTests {
    /// Written by the schemas: `FIDELIO_WRITE_TYPES=1 swift test --filter PageTypesTests` brings it up to date.
    @Test func theTypesOfThePageAreTheSchemasOfTheAPI() async throws {
        let fixture = try await APIFixture()
        let wanted = PageTypes.file(fixture.api.table().routes)
        await fixture.workbench.stop()
        let place = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Public/js/api-types.js")
        if ProcessInfo.processInfo.environment["FIDELIO_WRITE_TYPES"] != nil { try wanted.write(to: place, atomically: true, encoding: .utf8) }
        #expect(
            try String(contentsOf: place, encoding: .utf8) == wanted,
            "The API's answers have changed. Write the page's types anew: FIDELIO_WRITE_TYPES=1 swift test --filter PageTypesTests")
    }

    @Test(arguments: [
        (Schema.nullable(.array(.word(["a", "b"]))), #"Array<"a" | "b"> | null"#), (.map(.nullable(.real)), "Record<string, number | null>"),
        (.object(["b": .string, "a": .count], optional: ["c": .boolean]), "{a: number, b: string, c?: boolean}"),
        (.closed(["x-y": .named("Run", .object([:]))], optional: [:]), #"{"x-y": Run}"#), (.either([.string, .array(.string)]), "string | Array<string>"),
        (.list(.integer(1...2), 0...3, distinct: true), "Array<number>"), (.any, "any"),
    ])
    func aSchemaIsAType(schema: Schema, type: String) {
        #expect(PageTypes.type(schema) == type)
    }
}

/// JSDoc types from the response schemas.
enum PageTypes {
    static func file(_ routes: [Route]) -> String {
        let answers = routes.flatMap(\.answers).compactMap(\.schema)
        let named = (answers + [.problem]).reduce(into: [String: Schema]()) { $0.merge($1.names) { $1 } }
        let types = named.sorted { $0.key < $1.key }.map { " * @typedef {\(type($0.value))} \($0.key)\n" }.joined(separator: " *\n")
        return """
            /**
             * What the server answers, for the checker of types alone: the page never loads this file. Being no module, it makes its types known in all.
             * Written from the API's schemas by the tests; what is changed here by hand is found by them.
             *
            \(types) */

            """
    }

    static func type(_ schema: Schema) -> String {
        switch schema {
        case .any: "any"
        case .string, .pattern, .text: "string"
        case .word(let words): words.map { "\"\($0)\"" }.joined(separator: " | ")
        case .boolean: "boolean"
        case .integer, .number: "number"
        case .nullable(let inner): "\(type(inner)) | null"
        case .array(let element), .list(let element, _, _): "Array<\(type(element))>"
        case .map(let value): "Record<string, \(type(value))>"
        case .object(let required, let optional), .closed(let required, let optional):
            "{" + (required.map { ($0, "", $1) } + optional.map { ($0, "?", $1) }).sorted { $0.0 < $1.0 }
                .map { "\(property($0.0))\($0.1): \(type($0.2))" }.joined(separator: ", ") + "}"
        case .either(let choices): choices.map(type).joined(separator: " | ")
        case .named(let name, _): name
        }
    }

    private static func property(_ name: String) -> String {
        name.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_]*/) == nil ? "\"\(name)\"" : name
    }
}
