import Canonical
import HTTPServer
import HTTPTypes
import Testing

@testable import API
@testable import Execution

/// Notebooks over the API, for tests.
extension APIFixture {
    static let notebookText = """
        ---
        fidelio: notebook
        version: 1
        title: Start here
        ---

        <!-- cell intro -->
        # Start here
        Words.

        ```sql fidelio id=slowest
        SELECT id FROM runs
        ```

        <!-- cell end -->
        The end.

        """

    /// A notebook of a text; its id.
    func notebook(_ text: String = APIFixture.notebookText) async throws -> String {
        let answer = try await post("/notebooks", JSONValue.object(["text": .string(text)]).canonicalText)
        #expect(answer.status == 201, "\(answer.text)")
        return try #require(answer.json["id"]?.stringValue)
    }

    func operate(_ id: String, _ client: String, _ counter: Int, _ operations: [JSONValue], fields: HTTPFields? = nil) async throws -> Answer {
        let body = JSONValue.object(["client": .string(client), "counter": .count(counter), "operations": .array(operations)])
        return try await ask(.post, "/api/v1/notebooks/\(id)/operations", fields: fields, body: body.canonicalText)
    }

    static func edit(_ cell: String, _ source: String, base: Int) -> JSONValue {
        .object(["operation": "edit", "cell": .string(cell), "source": .string(source), "base": .count(base)])
    }

    func source(_ id: String, _ cell: String) async throws -> String? {
        try await get("/notebooks/\(id)").json["cells"]?.arrayValue?.first { $0["id"]?.stringValue == cell }?["source"]?.stringValue
    }
}
