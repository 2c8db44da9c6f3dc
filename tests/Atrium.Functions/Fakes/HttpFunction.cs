using System.Reflection;
using Microsoft.Azure.Functions.Worker;

namespace Atrium.Functions.Tests.Fakes;

/// <summary>An HTTP function of the app, as its attributes declare it.</summary>
sealed record HttpFunction(string Name, string Route, IReadOnlyList<string> Methods, AuthorizationLevel Level)
{
    /// <summary>Every one that the app has.</summary>
    public static IReadOnlyList<HttpFunction> All { get; } =
    [
        .. from type in typeof(Functions.Events.FanOut).Assembly.GetTypes()
           from method in type.GetMethods()
           let function = method.GetCustomAttribute<FunctionAttribute>()
           where function is not null
           from parameter in method.GetParameters()
           let http = parameter.GetCustomAttribute<HttpTriggerAttribute>()
           where http is not null
           orderby function.Name
           select new HttpFunction(function.Name, http.Route!, http.Methods!, http.AuthLevel),
    ];

    public static TheoryData<string> Names => [.. All.Select(function => function.Name)];
}
