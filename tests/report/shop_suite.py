"""The features and steps of a small shop, in which a test makes trouble."""

FEATURE = """
    Feature: A shop
      @id:first @unit:shop/step-1
      Scenario: One
        Given a shelf
        When something happens
        Then it is over

      @id:second @unit:shop/step-1
      Scenario: Two
        Given a shelf
        When something happens
        Then it is over

      @id:third @unit:shop/step-1
      Scenario: Three
        Given a shelf
"""
STEPS = """
    from trouble import in_fixture, in_sandbox, in_step

    @pytest.fixture(autouse=True)
    def sandbox(request):
        in_fixture(request.node.name)
        yield

    @pytest.fixture(scope="session")
    def late(collector):
        with collector.setting_up():
            in_sandbox()

    @given("a shelf")
    def shelf(late): pass

    @when("something happens")
    def something(request): in_step(request.node.name)

    @then("it is over")
    def over(): pass
"""
