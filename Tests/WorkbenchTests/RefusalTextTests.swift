import Catalog
import HTTPServer
import Testing

@testable import API
@testable import Access

/// A refusal says what is required, and what the visitor has.
@Suite("Texts of refusals")
struct RefusalTextTests {
    @Test func theRequiredRoleIsNamed() {
        func detail(_ refusal: Refusal) -> String { refusal.serverError.detail }
        #expect(detail(.needsRole(.editor, own: .viewer)) == "This requires the editor role; you are a viewer.")
        #expect(detail(.needsRole(.owner, own: .editor)) == "This requires the owner role; you are an editor.")
        #expect(detail(.needsRole(.viewer, own: nil)) == "This requires the viewer role. Sign in as a member with that role.")
        #expect(detail(.needsSession) == "Account settings require a signed-in browser session; API tokens are not accepted.")
    }
}
