using Baton.Cli.Demo.Model;
using Xunit;

namespace Baton.Integration.Tests.Demo.Model;

public sealed class ListModelTests
{
    private const int Producer = 7;
    private readonly FindingLog _log = new();
    private readonly ListModel _model;

    public ListModelTests()
    {
        _model = new ListModel("list", _log);
        for (var number = 1; number <= 4; number++)
        {
            _model.Pushed(Producer, number);
        }
    }

    [Fact]
    public void Each_element_delivered_once_to_whichever_consumer_or_still_there_is_no_finding()
    {
        Pop(consumer: 0, 1, 3);
        Pop(consumer: 1, 2);
        _model.Finish([ListModel.Element(Producer, 4)]);

        AssertFindings(lost: 0, duplicated: 0, outOfOrder: 0);
    }

    [Fact]
    public void An_acknowledged_element_that_nobody_got_is_lost()
    {
        Pop(consumer: 0, 1, 2, 4);
        _model.Finish([]);

        AssertFindings(lost: 1, duplicated: 0, outOfOrder: 0);
    }

    [Fact]
    public void An_element_delivered_to_two_consumers_is_duplicated()
    {
        Pop(consumer: 0, 1, 2, 3, 4);
        Pop(consumer: 1, 2);
        _model.Finish([]);

        AssertFindings(lost: 0, duplicated: 1, outOfOrder: 0);
    }

    [Fact]
    public void An_element_delivered_and_still_in_the_list_is_duplicated()
    {
        Pop(consumer: 0, 1, 2, 3, 4);
        _model.Finish([ListModel.Element(Producer, 4)]);

        AssertFindings(lost: 0, duplicated: 1, outOfOrder: 0);
    }

    [Fact]
    public void An_element_after_a_later_one_of_the_same_producer_is_out_of_order()
    {
        Pop(consumer: 0, 1, 3, 2, 4);
        _model.Finish([]);

        AssertFindings(lost: 0, duplicated: 0, outOfOrder: 1);
    }

    [Theory]
    [InlineData("7-5")]
    [InlineData("nonsense")]
    public void An_element_that_nobody_pushed_is_duplicated(string element)
    {
        Pop(consumer: 0, 1, 2, 3, 4);
        _model.Popped(consumer: 0, element);
        _model.Finish([]);

        AssertFindings(lost: 0, duplicated: 1, outOfOrder: 0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_push_without_an_answer_may_be_delivered_or_not(bool delivered)
    {
        _model.PushUnknown(Producer, 5);
        Pop(consumer: 0, 1, 2, 3, 4);
        _model.Finish(delivered ? [ListModel.Element(Producer, 5)] : []);

        AssertFindings(lost: 0, duplicated: 0, outOfOrder: 0);
    }

    private void Pop(int consumer, params long[] numbers)
    {
        foreach (var number in numbers)
        {
            _model.Popped(consumer, ListModel.Element(Producer, number));
        }
    }

    private void AssertFindings(long lost, long duplicated, long outOfOrder) =>
        Assert.Equal((lost, duplicated, outOfOrder), (_log.Lost, _log.Duplicated, _log.OutOfOrder));
}
