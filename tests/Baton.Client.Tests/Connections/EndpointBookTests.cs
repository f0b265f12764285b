using Xunit;

namespace Baton.Client.Tests.Connections;

public sealed class EndpointBookTests
{
    private static readonly RedisEndpoint A = new("10.0.0.1", 6379);
    private static readonly RedisEndpoint B = new("10.0.0.2", 6379);
    private static readonly RedisEndpoint Name = new("redis.example", 6379);

    [Fact]
    public void The_place_a_MOVING_names_comes_first_while_its_window_lasts()
    {
        var book = new EndpointBook([A]).WithNamed(B, 1000);

        Assert.Equal([B, A], book.Candidates(999));
        Assert.Equal([A], book.Candidates(1000));
    }

    [Fact]
    public void A_configured_address_comes_after_the_place_that_served_last()
    {
        var book = new EndpointBook([A]).WithNamed(B, 1000).WithGood(B);

        Assert.Equal([B, A], book.Candidates(2000));
    }

    [Fact]
    public void A_configured_name_comes_before_the_place_that_served_last()
    {
        var book = new EndpointBook([Name]).WithGood(B);

        Assert.Equal([Name, B], book.Candidates(0));
    }
}
