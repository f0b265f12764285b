using Baton.Cli.Demo.Model;
using Xunit;

namespace Baton.Integration.Tests.Demo.Model;

public sealed class CounterModelTests
{
    private readonly FindingLog _log = new();

    [Fact]
    public void Consecutive_answers_and_the_same_value_in_the_database_are_no_finding()
    {
        Run(stored: 3, 1, 2, 3);

        AssertFindings(lost: 0, duplicated: 0, outOfOrder: 0);
    }

    [Fact]
    public void An_acknowledged_increment_that_is_not_in_the_database_is_lost()
    {
        Run(stored: 2, 1, 2, 3);

        AssertFindings(lost: 1, duplicated: 0, outOfOrder: 0);
    }

    [Fact]
    public void The_same_answer_twice_is_one_lost_increment_and_is_counted_once()
    {
        Run(stored: 2, 1, 2, 2);

        AssertFindings(lost: 1, duplicated: 0, outOfOrder: 0);
    }

    [Fact]
    public void A_counter_that_begins_again_has_lost_all_it_had()
    {
        Run(stored: 1, 1, 2, 3, 1);

        AssertFindings(lost: 3, duplicated: 0, outOfOrder: 0);
    }

    [Fact]
    public void A_missing_key_has_lost_all_increments()
    {
        Run(stored: null, 1, 2);

        AssertFindings(lost: 2, duplicated: 0, outOfOrder: 0);
    }

    [Fact]
    public void A_skipped_answer_is_an_increment_executed_twice()
    {
        Run(stored: 3, 1, 3);

        AssertFindings(lost: 0, duplicated: 1, outOfOrder: 0);
    }

    [Fact]
    public void Swapped_answers_are_out_of_order()
    {
        Run(stored: 3, 1, 3, 2);

        AssertFindings(lost: 0, duplicated: 0, outOfOrder: 1);
    }

    [Fact]
    public void More_in_the_database_than_acknowledged_is_duplicated()
    {
        Run(stored: 4, 1, 2);

        AssertFindings(lost: 0, duplicated: 2, outOfOrder: 0);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void An_increment_without_an_answer_may_have_been_executed_or_not(long stored)
    {
        var model = new CounterModel("k", _log);
        model.Acked(1);
        model.Unknown();
        model.Acked(stored);
        model.Finish(stored);

        AssertFindings(lost: 0, duplicated: 0, outOfOrder: 0);
    }

    [Fact]
    public void An_increment_without_an_answer_excuses_one_execution_and_not_two()
    {
        var model = new CounterModel("k", _log);
        model.Acked(1);
        model.Unknown();
        model.Acked(4);
        model.Finish(4);

        AssertFindings(lost: 0, duplicated: 1, outOfOrder: 0);
    }

    private void Run(long? stored, params long[] answers)
    {
        var model = new CounterModel("k", _log);
        foreach (var answer in answers)
        {
            model.Acked(answer);
        }

        model.Finish(stored);
    }

    private void AssertFindings(long lost, long duplicated, long outOfOrder) =>
        Assert.Equal((lost, duplicated, outOfOrder), (_log.Lost, _log.Duplicated, _log.OutOfOrder));
}
