import Canonical
import Testing

/// Expects `body` to throw a `FieldError` with this description.
func expectError<Value>(_ sentence: String, _ body: () throws -> Value, at location: SourceLocation = #_sourceLocation) {
    do {
        let value = try body()
        Issue.record("accepted as \(value), expected \"\(sentence)\"", sourceLocation: location)
    } catch let error as FieldError {
        #expect(error.description == sentence, sourceLocation: location)
    } catch {
        Issue.record("\(error), expected \"\(sentence)\"", sourceLocation: location)
    }
}
