using CsCheck;
using Xunit;

namespace Baton.Client.Tests.Connections;

/// <summary>What holds of <see cref="EndpointBook"/> whatever was learnt. CsCheck prints the seed of a failure.</summary>
public sealed class EndpointBookProperties
{
    private static readonly Gen<RedisEndpoint> Place = Gen.Int[0, 3].Select(static index => index switch
    {
        0 => new RedisEndpoint("10.0.0.1", 6379),
        1 => new RedisEndpoint("10.0.0.2", 6379),
        2 => new RedisEndpoint("10.0.0.2", 6380),
        _ => new RedisEndpoint("redis.example", 6379),
    });

    private static readonly Gen<EndpointBook> Book = Gen.Select(
        Place.Array[1, 3],
        Gen.Select(Gen.Bool, Place, Gen.Long[0, 100]).Array[0, 10],
        (configured, learnt) => learnt.Aggregate(
            new EndpointBook(configured),
            static (book, item) => item.Item1 ? book.WithGood(item.Item2) : book.WithNamed(item.Item2, item.Item3)));

    [Fact]
    public void Each_place_is_tried_once_and_what_is_configured_always() => Gen.Select(Book, Gen.Long[0, 120]).Sample((book, now) =>
    {
        var candidates = book.Candidates(now);

        Assert.Equal(candidates.Distinct(), candidates);
        Assert.All(book.Configured, place => Assert.Contains(place, candidates));
        Assert.True(book.LastGood is null || candidates.Contains(book.LastGood));
    });

    [Fact]
    public void The_named_place_is_first_in_its_window_and_forgotten_after_it() => Gen.Select(Book, Place, Gen.Long[1, 100]).Sample((book, named, until) =>
    {
        var told = book.WithNamed(named, until);

        Assert.Equal(named, told.Candidates(until - 1)[0]);
        Assert.Equal(book.WithNamed(named, 0).Candidates(until), told.Candidates(until));
    });

    [Fact]
    public void Learning_the_same_twice_is_learning_it_once() => Gen.Select(Book, Place, Gen.Long[0, 120]).Sample((book, place, now) =>
    {
        Assert.Equal(book.WithGood(place).Candidates(now), book.WithGood(place).WithGood(place).Candidates(now));
        Assert.Equal(book.WithNamed(place, 50).Candidates(now), book.WithNamed(place, 50).WithNamed(place, 50).Candidates(now));
    });
}
