// The tables that the queries read, with the columns that Azure documents, under the table's name:
// https://learn.microsoft.com/azure/azure-monitor/reference/tables/apptraces
const common = `
  AppRoleInstance:string, AppRoleName:string, AppVersion:string, ClientBrowser:string, ClientCity:string,
  ClientCountryOrRegion:string,
  ClientIP:string, ClientModel:string, ClientOS:string, ClientStateOrProvince:string, ClientType:string, IKey:string,
  ItemCount:int,
  OperationId:string, OperationName:string, ParentId:string, Properties:dynamic, ResourceGUID:string,
  SDKVersion:string, SessionId:string,
  SourceSystem:string, SyntheticSource:string, TenantId:string, TimeGenerated:datetime, Type:string,
  UserAccountId:string, UserAuthenticatedId:string,
  UserId:string, _BilledSize:real, _IsBillable:string, _ResourceId:string, _SubscriptionId:string`;

export const tables = {
  AppDependencies: `${common},
    Data:string, DependencyType:string, DurationMs:real, Id:string, Measurements:dynamic, Name:string,
    PerformanceBucket:string, ReferencedItemId:string, ReferencedType:string, ResultCode:string, Success:bool,
    Target:string`,
  AppExceptions: `${common},
    Assembly:string, Details:dynamic, ExceptionType:string, HandledAt:string, InnermostAssembly:string,
    InnermostMessage:string,
    InnermostMethod:string, InnermostType:string, Measurements:dynamic, Message:string, Method:string,
    OuterAssembly:string, OuterMessage:string,
    OuterMethod:string, OuterType:string, ProblemId:string, SeverityLevel:int`,
  AppRequests: `${common},
    DurationMs:real, Id:string, Measurements:dynamic, Name:string, ReferencedItemId:string, ReferencedType:string,
    ResultCode:string, Source:string,
    Success:bool, Url:string`,
  AppTraces: `${common},
    Measurements:dynamic, Message:string, ReferencedItemId:string, ReferencedType:string, SeverityLevel:int`,
  // What happens to the workspace itself.
  _LogOperation: `
    Category:string, Detail:string, Level:string, Operation:string, TenantId:string, TimeGenerated:datetime,
    Type:string, _ResourceId:string, _SubscriptionId:string`,
};
