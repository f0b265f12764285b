using Baton.Cli.Demo.Model;
using Xunit;

namespace Baton.Integration.Tests.Demo.Model;

public sealed class SubscriptionModelTests
{
    private readonly FindingLog _log = new();
    private readonly SubscriptionModel _model;

    public SubscriptionModelTests() => _model = new SubscriptionModel("subscriber", _log);

    [Fact]
    public void All_messages_in_order_are_no_finding()
    {
        Receive(connection: 1, 1, 2, 3);
        _model.Finish([1, 2, 3]);

        AssertFindings(lost: 0, duplicated: 0, outOfOrder: 0);
    }

    [Fact]
    public void An_overlap_of_two_connections_is_no_finding()
    {
        Receive(connection: 1, 1, 2, 3);
        Receive(connection: 2, 3, 4);
        _model.Finish([1, 2, 3, 4]);

        AssertFindings(lost: 0, duplicated: 0, outOfOrder: 0);
        Assert.Equal(4, _model.Count);
    }

    [Fact]
    public void A_gap_between_two_connections_is_lost()
    {
        Receive(connection: 1, 1, 2);
        Receive(connection: 2, 4, 5);
        _model.Finish([1, 2, 3, 4, 5]);

        AssertFindings(lost: 1, duplicated: 0, outOfOrder: 0);
    }

    [Fact]
    public void A_hole_in_one_connection_is_lost_even_if_the_other_one_covers_it()
    {
        Receive(connection: 1, 1, 3, 4);
        Receive(connection: 2, 2, 3, 4);
        _model.Finish([1, 2, 3, 4]);

        AssertFindings(lost: 1, duplicated: 0, outOfOrder: 0);
    }

    [Fact]
    public void Messages_missing_at_the_end_are_lost()
    {
        Receive(connection: 1, 1);
        _model.Finish([1, 2, 3]);

        AssertFindings(lost: 2, duplicated: 0, outOfOrder: 0);
    }

    [Fact]
    public void A_message_twice_on_one_connection_is_duplicated()
    {
        Receive(connection: 1, 1, 2, 2, 3);
        _model.Finish([1, 2, 3]);

        AssertFindings(lost: 0, duplicated: 1, outOfOrder: 0);
    }

    [Fact]
    public void Swapped_messages_are_out_of_order()
    {
        Receive(connection: 1, 1, 3, 2);
        _model.Finish([1, 2, 3]);

        AssertFindings(lost: 0, duplicated: 0, outOfOrder: 1);
    }

    [Fact]
    public void The_old_connection_may_be_closed_when_it_has_delivered_up_to_where_the_new_one_began()
    {
        Receive(connection: 1, 1, 2);
        var beforeAnything = _model.IsCoveredBy(1, 2);
        Receive(connection: 2, 4);
        var withGap = _model.IsCoveredBy(1, 2);
        Receive(connection: 1, 3);

        Assert.False(beforeAnything);
        Assert.False(withGap);
        Assert.True(_model.IsCoveredBy(1, 2));
    }

    private void Receive(int connection, params long[] numbers)
    {
        foreach (var number in numbers)
        {
            _model.Received(connection, number);
        }
    }

    private void AssertFindings(long lost, long duplicated, long outOfOrder) =>
        Assert.Equal((lost, duplicated, outOfOrder), (_log.Lost, _log.Duplicated, _log.OutOfOrder));
}
